"""A small site with forms: public, for enrolled devices, sealed, with a photo. Used by the tests of the inbox."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from server.keys.sealing_keys import confirm_with_key, generate_pair, list_pairs
from server.supervision.supervisor import BackgroundJob
from sync.content.stored import library_from_store
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.store.contract import Collection
from sync.submissions.devices import Invitation, invite
from sync.submissions.record_ids import submission_id_of
from sync.submissions.sealing import SealingKey
from tests.support.content_folder import GOOD
from tests.support.following import following
from tests.support.phone_simulator import PhoneSimulator, padded_body
from tests.support.small_site import Site, running_site

RUMOUR_ANSWERS = {"message": "On dit que le puits est empoisonné, kɛlɛ."}

VISIT_ANSWERS = {"paroles": "L’eau manque.", "femmes": 12, "enfants": [{"ans": 3}, {"ans": 7}]}

SITE = "essai"
PATIENCE = 120.0  # seconds without a good turn on a busy machine

_VISIT = """| survey |
| | type | name | label | required | constraint |
| | text | paroles | Qu’a dit la personne ? | yes | string-length(.) <= 200 |
| | integer | femmes | Combien de femmes ? | | . >= 0 |
| | begin repeat | enfants | Enfant | | |
| | integer | ans | Âge | yes | |
| | end repeat | | | | |

| settings |
| | form_title | form_id |
| | Visite | visite |
"""
_PHOTO = """| survey |
| | type | name | label |
| | image | vue | La photo |
| | text | mot | Un mot |

| settings |
| | form_title | form_id | sealed |
| | Photo | photo | no |
"""
_SEALED = """| survey |
| | type | name | label | required |
| | text | nom | Quel est votre nom ? | yes |

| settings |
| | form_title | form_id |
| | Plainte | plainte |
"""
FILES = dict(GOOD) | {"forms/visite.md": _VISIT, "forms/photo.md": _PHOTO, "forms/plainte.md": _SEALED}
FILES["site.yaml"] = GOOD["site.yaml"].replace("channels: [fr-ML, bm-ML]", "channels: [fr-ML]")


@dataclass
class InboxSite:
    """The site, its forms by slug, and the private sealing keys."""

    site: Site
    forms: dict[str, Form]
    key: SealingKey
    recovery: SealingKey

    @property
    def client(self) -> httpx.AsyncClient:
        return self.site.client

    async def send(self, *lines: str) -> list[dict[str, Any]]:
        return await post_lines(self.client, lines)

    async def enrolled(self, seed: int = 1, code: str = "ABCDE01234", **more: str) -> PhoneSimulator:
        phone = PhoneSimulator(SITE, seed)
        fields = {
            "name": f"Téléphone {seed}",
            "place": "ML-5",
            "until": "2027-11-24",
            "expires": "2026-12-01",
            "by": "awa",
        } | more
        await invite(self.site.services.store, code, Invitation(**fields))
        answer = await self.client.post("/devices", json=phone.enrolment(code))
        assert answer.status_code == 201, answer.text
        return phone


async def post_lines(client: httpx.AsyncClient, lines: Sequence[str]) -> list[dict[str, Any]]:
    answer = await client.post("/inbox", content=padded_body("".join(lines)))
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


@asynccontextmanager
async def running_inbox_site(folder: Path) -> AsyncIterator[InboxSite]:
    async with running_site(folder, FILES) as site:
        keys = site.services.settings.keys
        generate_pair(keys, SITE, folder / "cle.pem", folder / "secours.pem")
        key, recovery = (SealingKey.from_pem((folder / name).read_bytes()) for name in ("cle.pem", "secours.pem"))
        for private_key in (key, recovery):
            confirm_with_key(keys, list_pairs(keys)[-1], private_key)
        await site.publish()
        library = await library_from_store(site.services.store)
        forms = {slug: Form(compile_document(document)) for slug, document in library.forms.items()}
        acknowledging = BackgroundJob("receipts", site.services.inbox.acknowledge_replicated, PATIENCE)
        async with following(site.services, everything=True), site.services.supervisor.running([acknowledging]):
            yield InboxSite(site, forms, key, recovery)


async def submission_ids(inbox_site: InboxSite, prefix: str = "submission:") -> list[str]:
    records = await inbox_site.site.services.store.scan(Collection.FEEDBACK, prefix, prefix[:-1] + ";", 10_000)
    return [submission_id_of(record.id) for record in records]
