"""Erasure after a flood: what was seen goes, what arrived or changed stays, and the journal says how many."""

from __future__ import annotations

import re

import httpx
import pytest

from server.accounts.account import Role
from server.console.feedback import bulk_erasure
from tests.support.console_feedback import FeedbackConsole
from tests.support.inbox_site import SITE, submission_ids
from tests.support.phone_simulator import FilledForm, PhoneSimulator
from tests.support.unsure_store import writes_not_durable

pytestmark = pytest.mark.anyio

FAKE = "On dit que RIEN ne va à l’école"
HONEST = "On dit que le pont est cassé"
PAGE = "/feedback/flood?form=rumeur"


async def reports(feedback: FeedbackConsole, message: str, count: int, seed: int, **changes: str) -> list[FilledForm]:
    """Public reports that were received."""
    phone = PhoneSimulator(SITE, seed)
    form = feedback.inbox_site.forms["rumeur"]
    filled = [phone.fill(form, {"message": f"{message}, {number}"}, None, **changes) for number in range(count)]
    await feedback.inbox_site.send(*(submission.line for submission in filled))
    await feedback.catch_up()
    return filled


def fields_of(answer: httpx.Response) -> dict[str, str]:
    """Hidden fields of the page's form that erases."""
    form = answer.text.partition('action="/console/feedback/flood/erase"')[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def count_on(answer: httpx.Response) -> int:
    match = re.search(r"Envois choisis : (\d+)", answer.text)
    assert match
    return int(match[1])


async def ids(feedback: FeedbackConsole) -> set[str]:
    return set(await submission_ids(feedback.inbox_site))


async def test_a_flood_goes_and_the_honest_stay(feedback: FeedbackConsole) -> None:
    honest = await reports(feedback, HONEST, 3, seed=1)
    fakes = await reports(feedback, FAKE, 40, seed=2)
    shown = await feedback.coordinator.get(PAGE + "&words=rien%20NE%20va%20a%20l%E2%80%99ecole")
    assert count_on(shown) == 40
    assert shown.text.count(FAKE) == bulk_erasure.SAMPLES
    assert HONEST not in shown.text
    done = await feedback.coordinator.post("/feedback/flood/erase", fields_of(shown))
    assert done.status_code == 303
    assert await ids(feedback) == {submission.id for submission in honest}
    assert (
        "Effacés pour toujours : 40. Changés entre-temps, et gardés : 0." in (await feedback.coordinator.get(PAGE)).text
    )
    again = await feedback.inbox_site.send(*(submission.line for submission in fakes))
    assert {verdict["code"] for verdict in again} == {"erased"}
    journal = (await (await feedback.console_site.person(Role.ADMINISTRATOR)).get("/journal")).text
    assert "a effacé beaucoup d’envois d’un coup" in journal and "combien : 40" in journal


async def test_what_arrived_or_was_taken_in_hand_after_the_page_stays(feedback: FeedbackConsole) -> None:
    filled = await reports(feedback, FAKE, 5, seed=2)
    shown = await feedback.coordinator.get(PAGE)
    later = await reports(feedback, FAKE, 2, seed=3)
    taken, answered = filled[:2]
    await feedback.coordinator.decide(f"/feedback/one/{taken.id}/handle", {"state": "taken", "who": "awa"})
    await feedback.coordinator.decide(f"/feedback/one/{answered.id}/answer", {"text": "Merci."})
    await feedback.catch_up()
    await feedback.coordinator.post("/feedback/flood/erase", fields_of(shown))
    assert await ids(feedback) == {submission.id for submission in (*later, taken, answered)}
    assert (
        "Effacés pour toujours : 3. Changés entre-temps, et gardés : 2." in (await feedback.coordinator.get(PAGE)).text
    )
    assert count_on(await feedback.coordinator.get(PAGE)) == 2


async def test_reports_of_enrolled_phones_and_of_other_days_and_places_are_not_selected(
    feedback: FeedbackConsole,
) -> None:
    await reports(feedback, FAKE, 2, seed=2, place="ML-1")
    await reports(feedback, FAKE, 3, seed=3, place="ML-2")
    phone = await feedback.inbox_site.enrolled()
    await feedback.inbox_site.send(phone.fill(feedback.inbox_site.forms["rumeur"], {"message": FAKE}).line)
    await feedback.catch_up()
    for query, count in (("", 5), ("&place=ML-1", 2), ("&last=2026-11-23", 0), ("&first=2026-11-24", 5)):
        assert count_on(await feedback.coordinator.get(PAGE + query)) == count, query
    assert "Envois choisis" not in (await feedback.coordinator.get("/feedback/flood")).text
    assert (await feedback.coordinator.get(PAGE + "&first=hier")).status_code == 400


async def test_a_form_that_names_nothing_erases_nothing(feedback: FeedbackConsole) -> None:
    await reports(feedback, FAKE, 3, seed=2)
    fields = fields_of(await feedback.coordinator.get(PAGE))
    for changes in ({"seen": ""}, {"form": ""}, {"seen": "x " * (bulk_erasure.MAX_ERASED + 1)}):
        await feedback.coordinator.post("/feedback/flood/erase", fields | changes)
    await feedback.coordinator.post("/feedback/flood/erase", fields | {"seen": "A" * 16})
    assert len(await ids(feedback)) == 3
    analyst = await feedback.console_site.person(Role.ANALYST)
    assert (await analyst.get(PAGE)).status_code == 403
    assert (await analyst.post("/feedback/flood/erase", fields)).status_code == 403


async def test_a_store_that_is_not_sure_stops_it_and_what_is_left_can_be_erased_again(
    feedback: FeedbackConsole,
) -> None:
    await reports(feedback, FAKE, 20, seed=2)
    fields = fields_of(await feedback.coordinator.get(PAGE))
    with writes_not_durable("erased:"):
        assert (await feedback.coordinator.post("/feedback/flood/erase", fields)).status_code == 503
    assert len(await ids(feedback)) == 20
    assert (await feedback.coordinator.post("/feedback/flood/erase", fields)).status_code == 303
    assert await ids(feedback) == set()


async def test_a_large_flood_goes_in_parts(feedback: FeedbackConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_erasure, "MAX_ERASED", 4)
    await reports(feedback, FAKE, 10, seed=2)
    for before, left in ((10, 6), (6, 2), (2, 0)):
        shown = await feedback.coordinator.get(PAGE)
        assert len(fields_of(shown)["seen"].split()) == min(4, before)
        await feedback.coordinator.post("/feedback/flood/erase", fields_of(shown))
        assert len(await ids(feedback)) == left
