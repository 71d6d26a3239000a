"""The rumour desk: cases from reports, decisions that stay, and work that grows with what changed."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest

from server.rumours import service
from server.rumours.case_decisions import CaseDecisions
from server.rumours.rumour_case import RumourCase
from server.rumours.service import RumourDesk
from sync.claims.claim_index import ReportTokens, report_tokens
from sync.errors import Unavailable
from sync.store.contract import Collection, Store
from tests.support.rumour_desk import GIFT, POISON, POISON_AGAIN, Reporters

pytestmark = pytest.mark.anyio


async def words_of(reporters: Reporters) -> list[set[str]]:
    return [set(case.wordings) for case in await reporters.cases()]


async def fresh_cases(reporters: Reporters) -> list[RumourCase]:
    """The cases as another process sees them."""
    services = reporters.feedback.inbox_site.site.services
    return await RumourDesk(services.store, services.submission_index, services.inbox).list_cases()


async def test_like_reports_are_one_case_and_others_are_not(reporters: Reporters) -> None:
    for words in (POISON, GIFT, POISON_AGAIN):
        await reporters.report(words)
    assert await words_of(reporters) == [{POISON, POISON_AGAIN}, {GIFT}]


async def test_only_what_is_new_is_read(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> None:
    await reporters.report(POISON)
    await reporters.cases()
    read: list[set[str]] = []
    read_new = RumourDesk._read

    async def count(desk: RumourDesk, ids: set[str]) -> object:
        read.append(ids)
        return await read_new(desk, ids)

    monkeypatch.setattr(RumourDesk, "_read", count)
    await reporters.cases()
    assert read == [], "nothing changed"
    new = await reporters.report(POISON_AGAIN)
    await reporters.cases()
    assert read == [{new.id}]


async def test_words_are_never_compared_on_the_thread_that_answers_everybody(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def note_thread(text: str) -> ReportTokens:
        threads.append(threading.get_ident())
        return report_tokens(text)

    monkeypatch.setattr(service, "report_tokens", note_thread)
    await reporters.report(POISON)
    await reporters.report(GIFT)
    cases = await reporters.cases()
    grouped = len(threads)
    await reporters.decisions.join(cases, "awa")
    assert grouped and len(threads) > grouped, "the joined report was not read again"
    assert threading.get_ident() not in threads


async def test_reports_joined_by_hand_stay_together_in_every_process(reporters: Reporters) -> None:
    await reporters.report(POISON)
    await reporters.report(GIFT)
    id = await reporters.decisions.join(await reporters.cases(), "awa")
    for cases in (await reporters.cases(), await fresh_cases(reporters)):
        [case] = cases
        assert (case.id, set(case.wordings)) == (id, {POISON, GIFT})
        assert case.record.decisions[-1].deed == "joined"


async def test_reports_split_by_hand_stay_apart_and_the_next_joins_one_of_them(reporters: Reporters) -> None:
    await reporters.report(POISON)
    second = await reporters.report(POISON_AGAIN)
    [case] = await reporters.cases()
    await reporters.decisions.split(case, [second.id], "awa")
    for cases in (await reporters.cases(), await fresh_cases(reporters)):
        assert sorted(tuple(case.wordings) for case in cases) == [(POISON,), (POISON_AGAIN,)]
    await reporters.report("On dit que le puits de Ségou est empoisonné.")
    assert sorted(len(case.reports) for case in await reporters.cases()) == [1, 2]


@pytest.mark.parametrize("deed", ["join", "split"])
async def test_a_crash_between_two_writes_hides_no_report_and_doing_it_again_finishes_it(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    services = reporters.feedback.inbox_site.site.services
    reports = [await reporters.report(words) for words in (POISON, POISON_AGAIN, GIFT)]
    store, write = type(services.store), type(services.store).write

    async def decide() -> None:
        desk = RumourDesk(services.store, services.submission_index, services.inbox)
        decisions = CaseDecisions(services.store, desk, services.clock)
        cases = sorted(await desk.list_cases(), key=lambda case: -len(case.reports))
        if deed == "join" and len(cases) > 1:  # else only the closing of an empty case was left out
            await decisions.join(cases, "awa")
        elif deed == "split":
            await decisions.split(cases[0], [reports[0].id], "awa")

    writes = allowed = 0
    for allowed in range(1, 9):
        writes = 0

        async def break_off(self: Store, *arguments: Any, last: int = allowed, **options: Any) -> Any:
            nonlocal writes
            writes += 1
            if writes > last:
                raise Unavailable("store-away", "Le serveur ne répond pas.", "Attendez.")
            return await write(self, *arguments, **options)

        monkeypatch.setattr(store, "write", break_off)
        with contextlib.suppress(Unavailable):
            await decide()
        monkeypatch.setattr(store, "write", write)
        cases = await fresh_cases(reporters)
        shown = sorted(report.id for case in cases if case.record.state == "open" for report in case.reports)
        assert shown == sorted(report.id for report in reports), f"after {allowed} writes"
        if writes <= allowed:
            break
    assert writes <= allowed and allowed > 2, "each write was the last one once, and then all were made"
    kept = [[report.id for report in case.reports] for case in await fresh_cases(reporters)]
    assert len(kept) == (1 if deed == "join" else 3)


async def test_a_report_may_leave_a_case_that_was_made_for_it(reporters: Reporters) -> None:
    first, second = await reporters.report(POISON), await reporters.report(GIFT)
    third = await reporters.report(POISON_AGAIN)
    await reporters.decisions.join(await reporters.cases(), "awa")
    [case] = await reporters.cases()
    own = await reporters.decisions.split(case, [first.id, second.id], "awa")
    other = await reporters.decisions.split(await reporters.desk.get_case(own), [first.id], "awa")
    assert other != own
    await reporters.decisions.join([await reporters.desk.get_case(id) for id in (case.id, other)], "awa")
    again = await reporters.decisions.split(await reporters.desk.get_case(case.id), [first.id], "awa")
    assert [report.id for report in (await reporters.desk.get_case(again)).reports] == [first.id]
    assert [report.id for report in (await reporters.desk.get_case(case.id)).reports] == [third.id]


async def test_an_erased_report_leaves_its_case_and_no_trace_of_itself(reporters: Reporters) -> None:
    gone = await reporters.report(POISON)
    await reporters.report(POISON_AGAIN)
    [case] = await reporters.cases()
    await reporters.decisions.set_level(case, "major", "awa")
    services = reporters.feedback.inbox_site.site.services
    await services.inbox.erase(gone.id, "asked")
    await reporters.feedback.catch_up()
    [case] = await reporters.cases()
    assert (case.wordings, case.record.level) == ([POISON_AGAIN], "major")
    assert await services.store.get(Collection.FEEDBACK, f"rumour-member:{gone.id}") is None


async def test_what_may_cost_lives_comes_first_then_what_was_judged_then_the_many(reporters: Reporters) -> None:
    for words in (GIFT, POISON, POISON_AGAIN):
        await reporters.report(words)
    many, one = await reporters.cases()
    assert len(many.reports) == 2
    await reporters.decisions.set_level(one, "major", "awa")
    assert [case.wordings[0] for case in await reporters.cases()] == [GIFT, POISON]


async def test_an_answer_that_somebody_gave_meanwhile_stays(reporters: Reporters) -> None:
    first = await reporters.report(POISON)
    await reporters.report(POISON_AGAIN)
    [case] = await reporters.cases()
    form = f"/feedback/one/{first.id}/answer"
    await reporters.feedback.coordinator.decide(form, {"text": "Nous vérifions."})
    assert await reporters.decisions.answer(case, "C’est faux.", "fr", "", "awa") == 1
    await reporters.feedback.catch_up()
    [case] = await reporters.cases()
    assert not case.waiting
    record = await reporters.feedback.inbox_site.site.services.store.get(Collection.FEEDBACK, f"answer:{first.id}")
    assert record and record.body["text"] == "Nous vérifions."
