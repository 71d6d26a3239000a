"""Keys replaced by another process while the server runs: signatures and sealing keys follow without a restart."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from server import jobs
from server.app import create_services
from server.keys.keyring import rotate
from server.keys.sealing_keys import confirm_with_key, generate_pair, list_pairs
from sync.errors import Unavailable
from sync.submissions.receipts import Receipt, is_receipt_valid
from sync.submissions.sealing import SealingKey
from tests.support.inbox_site import SITE, InboxSite, running_inbox_site
from tests.support.phone_simulator import PhoneSimulator
from tests.support.sample_alerts import ALERT
from tests.support.small_site import settings_for

pytestmark = pytest.mark.anyio

SOON = 10  # seconds
DRAFT = replace(ALERT, sent="", geocode=("ML",))


@pytest.fixture
async def inbox_site(tmp_path: Path) -> AsyncIterator[InboxSite]:
    async with running_inbox_site(tmp_path) as running, jobs.run_jobs(running.site.services, running.site.keys):
        yield running


async def test_receipts_and_alerts_are_signed_with_the_new_key(inbox_site: InboxSite, tmp_path: Path) -> None:
    services = inbox_site.site.services
    folder = services.settings.keys
    new = rotate(folder, (folder / "next-1.pem").read_bytes()).keys
    elsewhere = create_services(settings_for(tmp_path), clock=inbox_site.site.clock)
    await elsewhere.publisher.publish(new)
    await elsewhere.store.close()
    with pytest.raises(Unavailable, match="key-replaced"):
        await services.publisher.publish(inbox_site.site.keys)
    with anyio.fail_after(SOON):
        while services.publisher.keys is None or services.publisher.keys.epoch < 2:  # noqa: ASYNC110
            await anyio.sleep(0.05)
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], {"message": "On dit que"})
    [verdict] = await inbox_site.send(filled.line)
    assert is_receipt_valid(new.signer.public_key, SITE, filled.id, Receipt(*verdict["receipt"]))
    await services.alerts.send(DRAFT, "awa")
    head = await services.archive.head("fr-ML")
    assert head and (head.statement.epoch, head.key) == (2, new.signer.public_key)
    assert "alerts/crue-bani-1" in head.manifest.by_path()


async def test_an_alert_keeps_the_pair_of_sealing_keys_that_is_published(inbox_site: InboxSite, tmp_path: Path) -> None:
    services = inbox_site.site.services
    folder = services.settings.keys
    generate_pair(folder, SITE, tmp_path / "cle2.pem", tmp_path / "secours2.pem")
    key, recovery = (SealingKey.from_pem((tmp_path / name).read_bytes()) for name in ("cle2.pem", "secours2.pem"))
    for private_key in (key, recovery):
        confirm_with_key(folder, list_pairs(folder)[-1], private_key)
    await services.alerts.send(DRAFT, "awa")
    assert await pair(inbox_site) == (inbox_site.key.public_key, inbox_site.recovery.public_key)
    elsewhere = create_services(settings_for(tmp_path), clock=inbox_site.site.clock)
    await elsewhere.publisher.publish(inbox_site.site.keys)
    await elsewhere.store.close()
    assert await pair(inbox_site) == (key.public_key, recovery.public_key)
    await services.alerts.send(replace(DRAFT, slug="crue-bani-9"), "awa")
    assert await pair(inbox_site) == (key.public_key, recovery.public_key)


async def pair(inbox_site: InboxSite) -> tuple[str, str]:
    """The sealing keys that a phone uses: the statement's key and the sealed form's recovery key."""
    archive = inbox_site.site.services.archive
    head = await archive.head("fr-ML")
    assert head
    [page] = (await archive.bodies([head.manifest.by_path()["forms/plainte"]])).values()
    match = re.search(r"[\w-]{87}", page)
    assert match
    return head.statement.sealing_key, match[0]
