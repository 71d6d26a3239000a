"""Decisions bound to what was seen, from the table of routes: what changed meanwhile is shown, and nothing is done."""

from __future__ import annotations

import html
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread

from server.console.components.decision import MAX_TEXT_BYTES, make_page_state
from server.console.routes import ROUTES
from sync.canonical import base64url_encode
from sync.store.contract import Collection
from sync.store.iteration import iterate_records
from sync.store.local_records import CACHE_PREFIX
from tests.support.brief_decisions import BRIEF_CASES
from tests.support.console_feedback import FeedbackConsole
from tests.support.console_steps import GUIDE_ID
from tests.support.decision_cases import CASES, DecisionCase
from tests.support.form_decisions import FORM_CASES
from tests.support.recommendation_decisions import RECOMMENDATION_CASES
from tests.support.rumour_decisions import RUMOUR_CASES
from tests.support.schedule_decisions import SCHEDULE_CASES
from tests.support.speaker_decisions import SPEAKER_CASES

pytestmark = pytest.mark.anyio

DECIDES_NOTHING = {
    "/sign-in": "opens the person's own session",
    "/sign-in/again": "confirms the person's own session",
    "/sign-out": "ends the person's own session",
    "/welcome/{token}": "takes a link that serves once, for the person's own account",
    "/me/sessions": "ends own sessions, of which a thief could open new ones to hold it off",
    "/me/browsers": "adds the person's own browser",
    "/me/browsers/off": "ends messages to the person's own browsers, whichever they are",
    "/accounts": "opens an account under a name that nobody has",
    "/devices": "makes a new code",
    "/media/image": "keeps a new file, which no page shows yet",
    "/media/sound": "keeps a new file, which no page shows yet",
    "/translations/open": "opens a language beside the others",
    "/translations/{lang}/glossary": "adds a word that the glossary has not",
    "/translations/{lang}/voice/{slug}": "keeps a recording, which no page names; the script that was read is compared",
    "/briefs/new": "begins a draft under a number that nothing has",
    "/writing/new": "begins a draft under an id that nothing has",
    "/writing/{id}/preview": "stores nothing",
    "/writing/{id}/remark": "adds a remark, or an answer, beside the others",
    "/presence": "notes that a text is open",
    "/alerts/new": "begins a draft",
    "/alerts/feeds/new": "adds a feed that nobody watches yet",
    "/alerts/drafts/{slug}/template": "keeps a copy",
    "/feedback/one/{id}/note": "adds a note beside the others",
    "/feedback/forms/copy": "gives a file back, and stores nothing",
}
BOUND_BY_PARTS = {
    "/writing/undo": "tests/console/test_withdrawal.py: it carries the deed that the page told, and no later one",
    "/alerts/guest/{token}": "tests/console/test_guest.py: the guest sees the text anew, and the link stays",
    "/writing/{id}/edit": "tests/writing, tests/console/test_writing.py: a second save is set aside, both texts shown",
    "/translations/{lang}/text/{id}": "test_speakers.py: a second save is set aside, an older original refused",
    "/rumours/many": "tests/console/test_rumours.py: each chosen case carries what the list showed of it",
    "/feedback/flood/erase": "tests/console/test_bulk_erasure.py: each submission that changed is kept",
}


ALL_CASES = {
    **CASES,
    **FORM_CASES,
    **RUMOUR_CASES,
    **BRIEF_CASES,
    **SPEAKER_CASES,
    **SCHEDULE_CASES,
    **RECOMMENDATION_CASES,
}


def test_every_address_that_takes_a_form_is_bound_or_decides_nothing() -> None:
    posted = [row.path for row in ROUTES if "POST" in row.methods]
    assert sorted(posted) == sorted([*ALL_CASES, *DECIDES_NOTHING, *BOUND_BY_PARTS])


async def everything_stored(feedback: FeedbackConsole) -> dict[str, Any]:
    """All records but the journal's and kept results, and the files of keys."""
    services = feedback.inbox_site.site.services
    stored: dict[str, Any] = {
        f"{collection}/{record.id}": record.rev
        for collection in Collection
        if collection is not Collection.JOURNAL
        async for record in iterate_records(services.store, collection)
        if not record.id.startswith(CACHE_PREFIX)
    }
    keys: Path = services.settings.keys
    return stored | await to_thread.run_sync(lambda: {path.name: path.read_bytes() for path in keys.iterdir()})


async def test_a_decision_about_what_changed_meanwhile_shows_both_sides_and_does_nothing(
    feedback: FeedbackConsole,
) -> None:
    wrong = {}
    for path, prepare in ALL_CASES.items():
        try:
            await decide_too_late(feedback, await prepare(feedback))
        except AssertionError as error:
            wrong[path] = str(error)
    assert wrong == {}


async def decide_too_late(feedback: FeedbackConsole, case: DecisionCase) -> None:
    form = await case.person.read_form(case.action, case.fields)
    assert form, "no page has the form"
    await case.change()
    stored = await everything_stored(feedback)
    answer = await case.person.post(case.action, {**form.given, **case.fields}, files=case.files)
    page = html.unescape(re.sub("</?(?:del|ins)>", "", answer.text))
    assert answer.status_code == 409, page
    assert case.before in page, f"{case.before} is not in {page}"
    assert case.after in page, f"{case.after} is not in {page}"
    assert await everything_stored(feedback) == stored, "something was done"
    for name in ("text", "note", "why"):
        assert case.fields.get(name, "") in page, "what the person had written is lost"
    again = await case.person.decide(case.action, case.fields, files=case.files)
    assert again.status_code != 409, "the same decision about what stands there now is refused too"


async def test_a_text_that_a_form_brings_back_is_unpacked_within_limits(feedback: FeedbackConsole) -> None:
    """Bytes that unpack without end, or into no text, stand for nothing: a form may bring any."""
    bomb = make_page_state([], [], "x" * (MAX_TEXT_BYTES + 1)).token
    for token in (bomb, "x.y", "x.!!", ".", "", f"x.{base64url_encode(zlib.compress(bytes([255])))}"):
        answer = await feedback.coordinator.post(f"/writing/{GUIDE_ID}/withdraw", {"seen": token})
        assert answer.status_code == 409
        assert "x" * 1000 not in answer.text
