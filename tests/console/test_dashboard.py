"""The dashboard: its figures, what it holds back, and its weight with half a year of reports."""

from __future__ import annotations

import re

import brotli
import httpx
import pytest
from bs4 import BeautifulSoup

from server.accounts.account import Role
from server.statistics.report_history import ReportList
from sync.statistics.report_counts import Report
from sync.statistics.weeks import closed_weeks
from tests.support.console_client import ConsoleSite
from tests.support.console_feedback import FeedbackConsole
from tests.support.generated_reports import generated_reports
from tests.support.rumour_desk import POISON, Reporters

pytestmark = pytest.mark.anyio
FIRST_PAGE = 14_000  # bytes as sent


def show(site: ConsoleSite, monkeypatch: pytest.MonkeyPatch, reports: ReportList) -> None:
    async def load() -> ReportList:
        return reports

    monkeypatch.setattr(site.site.services.report_history, "load", load)


async def test_half_a_year_of_reports_is_one_small_page_without_small_numbers(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(console_site, monkeypatch, generated_reports(console_site.site.clock().date()))
    analyst = await console_site.person(Role.ANALYST)
    answer = await analyst.get("/dashboard")
    assert answer.status_code == 200
    assert len(brotli.compress(answer.content, quality=5)) < FIRST_PAGE
    page = BeautifulSoup(answer.text, "html.parser")
    assert len(page.select("svg.chart")) == 2 and not page.select("main script")
    tables = page.select("table.figures")[:3]
    numbers = [int(re.sub(r"\D", "", cell.text) or 0) for table in tables for cell in table.select("td")]
    assert len(numbers) > 60 and not any(0 < number < 5 for number in numbers)


async def test_a_week_beside_the_one_before(console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    before, last = closed_weeks(console_site.site.clock().date(), 2)
    reports = [Report(last, "rumeur", "ML-1", "sante")] * 12 + [Report(before, "rumeur", "ML-5", "rien")] * 3
    show(console_site, monkeypatch, ReportList(reports, frozenset({"rumeur"})))
    coordinator = await console_site.person(Role.COORDINATOR)
    page = BeautifulSoup((await coordinator.get("/dashboard")).text, "html.parser")
    figures = {
        entry.dt.text: entry.dd.text.split() for entry in page.select("main dl.data div") if entry.dt and entry.dd
    }
    assert figures["Rumeurs signalées"] == ["12", "semaine", "d’avant", ":", "·"]


async def test_what_a_phone_sent_is_counted_when_its_week_is_over(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    form = feedback.inbox_site.forms["visite"]
    filled = [phone.fill(form, {"paroles": str(n)}, place="ML-5") for n in range(6)]
    await feedback.inbox_site.send(*(submission.line for submission in filled))
    await feedback.catch_up()
    assert _received(await feedback.coordinator.get("/dashboard")).startswith("0")
    feedback.inbox_site.site.clock.pass_time(days=7)
    assert (await feedback.coordinator.sign_in("awa")).status_code == 303
    assert _received(await feedback.coordinator.get("/dashboard")).startswith("6")


def _received(answer: httpx.Response) -> str:
    page = BeautifulSoup(answer.text, "html.parser")
    return next(entry.text for entry in page.select("main dl.data dd"))


async def test_an_erased_report_leaves_no_trace_in_the_figures(feedback: FeedbackConsole) -> None:
    reporters, services = Reporters(feedback), feedback.inbox_site.site.services
    filled = await reporters.report(POISON)
    [case] = await reporters.cases()
    await reporters.decisions.answer(case, "C’est faux.", "fr", "", "awa")
    await feedback.catch_up()
    history = services.report_history
    assert len((await history.load()).reports) == 1 and filled.id in history._answered
    await services.inbox.erase(filled.id, "asked")
    await feedback.catch_up()
    assert not (await history.load()).reports
    assert not history._answered and not history._facts
