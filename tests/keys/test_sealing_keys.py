"""Sealing keys as the console takes them, key files under a passphrase, and a form's images that must be among the site's."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage
import pytest

from server.accounts.account import Role
from server.keys import sealing_keys
from server.keys.sealing_key_file import read_pem
from sync.canonical import digest
from sync.errors import Refused
from sync.store.contract import Collection, Write
from sync.submissions.sealing import SealingKey, open_answers
from sync.submissions.submission import parse_submission
from tests.support.console_feedback import Team
from tests.support.xlsforms import workbook

pytestmark = pytest.mark.anyio


def word_in(made: sealing_keys.SealingKeyPair, key: SealingKey) -> str:
    return str(open_answers(key, parse_submission(made.test)).answers["mot"])


async def test_a_pair_is_registered_tried_and_goes_live_only_then(team: Team) -> None:
    folder = team.office.site.services.settings.keys
    before = sealing_keys.get_live_pair(folder)
    chief = await team.desk.person(Role.ADMINISTRATOR)
    key, recovery = SealingKey.generate(), SealingKey.generate()
    twice, none, known = (
        {"sealing": key.public_key, "recovery": key.public_key},
        {"sealing": "x" * 87},
        {"sealing": before.sealing},
    )
    for wrong in (twice, none, known):
        assert (await chief.post("/feedback/keys/made", wrong)).status_code in (400, 409, 422)
    assert (
        await chief.post("/feedback/keys/made", {"sealing": key.public_key, "recovery": recovery.public_key})
    ).status_code == 303
    made = sealing_keys.get_untested_pair(folder)
    assert (made.sealing, made.recovery) == (key.public_key, recovery.public_key)
    assert key.id[:8] in (await chief.get("/feedback/keys")).text
    for id, word in ((key.id, "autre mot"), (digest("autre clé"), word_in(made, key))):
        assert (await chief.post("/feedback/keys/tried", {"key": id, "word": word})).status_code in (400, 409, 422)
    await chief.post("/feedback/keys/tried", {"key": key.id, "word": word_in(made, key)})
    assert sealing_keys.get_live_pair(folder) == before, "one file is not enough"
    await chief.post("/feedback/keys/tried", {"key": recovery.id, "word": word_in(made, recovery)})
    assert sealing_keys.get_live_pair(folder).sealing == key.public_key


async def test_a_key_is_replaced_beside_the_same_recovery_copy(team: Team) -> None:
    folder = team.office.site.services.settings.keys
    chief = await team.desk.person(Role.ADMINISTRATOR)
    fresh = SealingKey.generate()
    await chief.post("/feedback/keys/made", {"sealing": fresh.public_key, "recovery": ""})
    made = sealing_keys.get_untested_pair(folder)
    assert (made.sealing, made.recovery) == (fresh.public_key, team.office.recovery.public_key)
    for key in (fresh, team.office.recovery):
        await chief.post("/feedback/keys/tried", {"key": key.id, "word": word_in(made, key)})
    assert sealing_keys.get_live_pair(folder).sealing == fresh.public_key


async def test_a_machine_that_does_not_sign_takes_no_keys(team: Team) -> None:
    team.office.site.services.publisher.keys = None
    chief = await team.desk.person(Role.ADMINISTRATOR)
    answer = await chief.post(
        "/feedback/keys/made",
        {"sealing": SealingKey.generate().public_key, "recovery": SealingKey.generate().public_key},
    )
    assert answer.status_code != 303
    assert "ne publie pas" in answer.text
    assert "data-make-keys" not in (await chief.get("/feedback/keys")).text


async def test_what_a_page_takes_to_open_is_as_it_was_sent(team: Team) -> None:
    phone = await team.office.enrolled()
    filled = phone.seal(
        team.office.forms["plainte"],
        {"nom": "Distinctive"},
        [team.office.key.public_key, team.office.recovery.public_key],
    )
    await team.office.send(filled.line)
    answer = await team.coordinator.get("/feedback/sealed/plainte")
    first, line = answer.text.splitlines()
    assert answer.headers["cache-control"] == "no-store"
    assert list(json.loads(first)) == [team.office.forms["plainte"].version]
    assert json.loads(line)["text"] == filled.text
    assert "Distinctive" not in answer.text


def test_a_locked_key_file_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    pem = SealingKey.generate().pem()
    plain, locked = tmp_path / "clé.pem", tmp_path / "clé.age"
    plain.write_bytes(pem)
    locked.write_bytes(pyrage.passphrase.encrypt(pem, "lune rouge", armored=True))
    assert read_pem(plain, lambda: pytest.fail("nothing to ask")) == pem
    assert read_pem(locked, lambda: "lune rouge") == pem
    with pytest.raises(Refused) as caught:
        read_pem(locked, lambda: "lune bleue")
    assert caught.value.code == "key-passphrase"


async def test_a_form_that_names_an_image_the_site_does_not_hold_is_refused(team: Team) -> None:
    name = f"{digest('image')}.webp"
    rows: list[list[object]] = [["type", "name", "label", "media::image"], ["text", "a", "Quoi ?", name]]
    sent = {"file": ("neuf.xlsx", workbook({"survey": rows}))}
    refused = await team.coordinator.post("/feedback/forms", {"slug": "neuf"}, files=sent)
    assert refused.status_code == 422
    assert f"« {name} » n’est pas sur ce site" in refused.text
    held = {"name": name, "bytes": 10, "label": "x", "seconds": 0, "width": 1, "height": 1, "when": "2026-11-24"}
    await team.office.site.services.store.write(Collection.CONTENT, [Write(f"media:{name}", held)])
    assert (await team.coordinator.post("/feedback/forms", {"slug": "neuf"}, files=sent)).status_code == 303
