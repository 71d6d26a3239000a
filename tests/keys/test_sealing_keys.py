"""Sealing keys in the console: registered, confirmed by test, replaced."""

from __future__ import annotations

import json

import pytest

from server.accounts.account import Role
from server.keys import sealing_keys
from sync.canonical import digest
from sync.submissions.sealing import SealingKey, open_answers
from sync.submissions.submission import parse_submission
from tests.support.console_feedback import FeedbackConsole

pytestmark = pytest.mark.anyio


def word_in(pair: sealing_keys.SealingKeyPair, key: SealingKey) -> str:
    return str(open_answers(key, parse_submission(pair.test)).answers["mot"])


async def test_a_pair_is_registered_tried_and_goes_live_only_then(feedback: FeedbackConsole) -> None:
    folder = feedback.inbox_site.site.services.settings.keys
    before = sealing_keys.get_live_pair(folder)
    chief = await feedback.console_site.person(Role.ADMINISTRATOR)
    key, recovery = SealingKey.generate(), SealingKey.generate()
    twice, none, already_live = (
        {"sealing": key.public_key, "recovery": key.public_key},
        {"sealing": "x" * 87},
        {"sealing": before.sealing},
    )
    for wrong in (twice, none, already_live):
        assert (await chief.decide("/feedback/keys/made", wrong)).status_code in (400, 409, 422)
    assert (
        await chief.decide("/feedback/keys/made", {"sealing": key.public_key, "recovery": recovery.public_key})
    ).status_code == 303
    pair = sealing_keys.get_untested_pair(folder)
    assert (pair.sealing, pair.recovery) == (key.public_key, recovery.public_key)
    assert key.id[:8] in (await chief.get("/feedback/keys")).text
    for id, word in ((key.id, "autre mot"), (digest("autre clé"), word_in(pair, key))):
        assert (await chief.decide("/feedback/keys/tried", {"key": id, "word": word})).status_code in (400, 409, 422)
    await chief.decide("/feedback/keys/tried", {"key": key.id, "word": word_in(pair, key)})
    assert sealing_keys.get_live_pair(folder) == before, "one file is not enough"
    await chief.decide("/feedback/keys/tried", {"key": recovery.id, "word": word_in(pair, recovery)})
    assert sealing_keys.get_live_pair(folder).sealing == key.public_key
    audit = feedback.inbox_site.site.services.audit
    noted = [(entry.who, entry.what, entry.target) for entry in reversed(await audit.list_recent(20))]
    number = str(pair.number)
    chief_did = [(chief.name, deed, number) for deed in ("sealing-made", "sealing-tried", "sealing-tried")]
    assert sorted(row for row in noted if row[1].startswith("sealing-")) == chief_did  # all in one second


async def test_a_key_is_replaced_beside_the_same_recovery_copy(feedback: FeedbackConsole) -> None:
    folder = feedback.inbox_site.site.services.settings.keys
    chief = await feedback.console_site.person(Role.ADMINISTRATOR)
    fresh = SealingKey.generate()
    await chief.decide("/feedback/keys/made", {"sealing": fresh.public_key, "recovery": ""})
    pair = sealing_keys.get_untested_pair(folder)
    assert (pair.sealing, pair.recovery) == (fresh.public_key, feedback.inbox_site.recovery.public_key)
    for key in (fresh, feedback.inbox_site.recovery):
        await chief.decide("/feedback/keys/tried", {"key": key.id, "word": word_in(pair, key)})
    assert sealing_keys.get_live_pair(folder).sealing == fresh.public_key


async def test_a_machine_that_does_not_sign_takes_no_keys(feedback: FeedbackConsole) -> None:
    feedback.inbox_site.site.services.publisher.keys = None
    chief = await feedback.console_site.person(Role.ADMINISTRATOR)
    answer = await chief.decide(
        "/feedback/keys/made",
        {"sealing": SealingKey.generate().public_key, "recovery": SealingKey.generate().public_key},
    )
    assert answer.status_code != 303
    assert "ne publie pas" in answer.text
    assert "data-make-keys" not in (await chief.get("/feedback/keys")).text


async def test_what_a_page_takes_to_open_is_as_it_was_sent(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    filled = phone.seal(
        feedback.inbox_site.forms["plainte"],
        {"nom": "Distinctive"},
        [feedback.inbox_site.key.public_key, feedback.inbox_site.recovery.public_key],
    )
    await feedback.inbox_site.send(filled.line)
    answer = await feedback.coordinator.get("/feedback/sealed/plainte")
    first, line = answer.text.splitlines()
    assert answer.headers["cache-control"] == "no-store"
    assert list(json.loads(first)) == [feedback.inbox_site.forms["plainte"].version]
    assert json.loads(line)["text"] == filled.text
    assert "Distinctive" not in answer.text
    noted = await feedback.inbox_site.site.services.audit.list_recent(5)
    assert (feedback.coordinator.name, "feedback-taken", "plainte") in {
        (entry.who, entry.what, entry.target) for entry in noted
    }
