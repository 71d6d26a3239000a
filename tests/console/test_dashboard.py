"""The dashboard: its figures, what it holds back, and its weight with half a year of reports."""

from __future__ import annotations

import re
from dataclasses import replace

import brotli
import httpx
import pytest
from bs4 import BeautifulSoup

from server.accounts.account import Role
from server.console.dashboard.alert_delivery import make_step
from server.console.dashboard.language_counts import language_cover
from server.push.fanout_records import Shard
from server.statistics.report_history import ReportList
from sync.documents.model import SpokenVersion
from sync.documents.review import Review
from sync.statistics.report_counts import Report
from sync.statistics.weeks import closed_weeks
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite
from tests.support.console_feedback import FeedbackConsole
from tests.support.console_steps import decide_alert, draft_alert
from tests.support.generated_reports import generated_reports
from tests.support.rumour_desk import POISON, Reporters
from tests.support.sample_alerts import ALERT

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


async def test_an_alert_is_followed_from_subscribed_phones_to_shown_ones(console_site: ConsoleSite) -> None:
    services, writer = console_site.site.services, await console_site.person(Role.COORDINATOR, "fanta")
    address = await draft_alert(writer, severity="Moderate")
    await decide_alert(writer, address, "send")
    [alert] = (await services.alerts.load_library()).alerts.values()
    counts = {"fr": {"delivered": 90, "gone": 20, "refused": 7}, "bm": {"delivered": 3}}
    shard = Shard(alert.slug, "A", done=True, counts=counts)
    display = Write(f"shown:{alert.slug}:node", {"node": "node", "shown": {"fr": 60}})
    before = await services.store.get(Collection.PUSH, shard.id)
    writes = [replace(shard, rev=before.rev if before else None).as_write, display]
    await services.store.write(Collection.PUSH, writes)
    page = BeautifulSoup((await writer.get("/dashboard")).text, "html.parser")
    [row] = [row for row in page.select("main tr") if row.th and "Le Bani déborde" in row.th.text]
    assert [cell.text for cell in row.select("td")] == ["120", "93", "60"]


def test_few_phones_that_an_alert_did_not_reach_are_held_back() -> None:
    step = make_step(ALERT, "fr", {"fr": {"delivered": 98, "refused": 2}}, 96)
    assert (step.asked, step.reached, step.displayed) == (100, None, None)
    assert make_step(ALERT, "fr", {"fr": {"delivered": 3}}, 2).asked is None


async def test_essential_guides_are_counted_by_language_with_their_voices(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.ANALYST)
    page = BeautifulSoup((await person.get("/dashboard")).text, "html.parser")
    rows = {
        row.th.text: [cell.text for cell in row.select("td")] for row in page.select("main tr:has(th[lang])") if row.th
    }
    library = (await console_site.site.services.workspace.load_snapshot()).library
    count = len([guide for guide in library.guides.values() if guide.essential and guide.lang == "fr"])
    assert count and rows["Français"] == [f"{count} / {count}", f"0 / {count}"]
    assert rows["Bamanankan"] == [f"0 / {count}", f"0 / {count}"]
    [slug] = [guide.slug for guide in library.guides.values() if guide.essential and guide.lang == "fr"][:1]
    guide = library.guides[slug, "fr"]
    review = Review("fanta", "2026-11-01")
    voice = SpokenVersion("bm", "x.opus", "awa", review)
    changed = replace(library, guides={**library.guides, (slug, "fr"): replace(guide, spoken=(voice,))})
    [bambara] = [line for line in language_cover(changed) if line.lang == "bm"]
    assert (bambara.written, bambara.spoken) == (0, 1)
