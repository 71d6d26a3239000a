"""The dashboard: its figures, what it holds back, and its weight with half a year of reports."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import brotli
import httpx
import pytest
from bs4 import BeautifulSoup

from server.accounts.account import Role
from server.console.dashboard.language_counts import language_cover
from server.push.fanout_records import Shard, load_shards
from server.statistics.alert_delivery import AlertStep, make_step, sum_up_minutes
from server.statistics.report_history import ReportList
from sync.alerts.timestamps import utc_seconds
from sync.documents.model import SpokenVersion
from sync.documents.review import Review
from sync.statistics.report_counts import Report
from sync.statistics.weeks import closed_weeks, last_closed_period, weeks_of_period
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite, ConsoleUser, running_console_site
from tests.support.console_feedback import FeedbackConsole
from tests.support.console_steps import decide_alert, draft_alert, edit_alert
from tests.support.content_folder import GOOD
from tests.support.generated_reports import generated_reports
from tests.support.repository import ROOT
from tests.support.rumour_desk import POISON, Reporters
from tests.support.sample_alerts import ALERT

pytestmark = pytest.mark.anyio
FIRST_PAGE = 14_000  # bytes as sent


def show(site: ConsoleSite, monkeypatch: pytest.MonkeyPatch, reports: ReportList) -> None:
    async def load() -> ReportList:
        return reports

    monkeypatch.setattr(site.site.services.report_history, "load", load)


async def test_half_a_year_of_reports_is_one_small_page_without_small_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mali = {"places/ML.yaml": (ROOT / "content/places/ML.yaml").read_text("utf-8")}
    async with running_console_site(tmp_path, {**GOOD, **mali}) as console_site:
        show(console_site, monkeypatch, generated_reports(console_site.site.clock().date()))
        await _check_size_and_numbers(await console_site.person(Role.ANALYST))


async def _check_size_and_numbers(analyst: ConsoleUser) -> None:
    answer = await analyst.get("/dashboard")
    assert answer.status_code == 200
    assert len(brotli.compress(answer.content, quality=5)) < FIRST_PAGE
    page = BeautifulSoup(answer.text, "html.parser")
    assert len(page.select("svg.chart")) == 3 and not page.select("main script")
    tables = page.select("table.figures")[:4]
    numbers = [int(re.sub(r"\D", "", cell.text) or 0) for table in tables for cell in table.select("td")]
    assert len(numbers) > 60 and not any(0 < number < 5 for number in numbers)


async def test_reports_are_counted_by_region_and_silence_is_hatched(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = weeks_of_period(last_closed_period(console_site.site.clock().date()))[1]
    weekly, placed = frozenset({"rumeur"}), frozenset({"rumeur", "visite"})
    kayes = [Report(week, "rumeur", "ML-1")] * 12 + [Report(week, "visite", "ML-1")] * 9
    others = [Report(week, "rumeur", "ML-11")] * 2 + [Report(week, "visite", "ML-11")] * 21
    nowhere = [Report(week, "rumeur")] * 6 + [Report(week, "utilite", subject="x", opinion="oui")] * 7
    show(console_site, monkeypatch, ReportList(kayes + nowhere, weekly, placed))
    coordinator = await console_site.person(Role.COORDINATOR)
    rows, hatched = await _reach_shown(coordinator)
    assert rows == {"Kayes": ["12", "9"], "Bougouni": ["0", "0"]} and hatched == 1
    show(console_site, monkeypatch, ReportList(kayes + others + nowhere, weekly, placed))
    rows, hatched = await _reach_shown(coordinator)
    assert rows == {"Kayes": ["12", "9"], "Bougouni": ["·", "21"]} and hatched == 0


async def _reach_shown(person: ConsoleUser) -> tuple[dict[str, list[str]], int]:
    """Cells by region, and the number of hatched bars."""
    page = BeautifulSoup((await person.get("/dashboard")).text, "html.parser")
    [section] = [each for each in page.select("main section") if each.h2 and "venu, par région" in each.h2.text]
    rows = {row.th.text: [cell.text for cell in row.select("td")] for row in section.select("tbody tr") if row.th}
    return rows, len(section.select("svg.chart > rect[fill='url(#b)']"))


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
    assert [cell.text for cell in row.select("td")] == ["120", "93", "60", "–"]
    assert row.select("td")[3]["data-label"] == "Minutes" and row.find_parent("table", class_="cards"), (
        "too wide for a phone"
    )


async def test_minutes_count_from_the_first_text_to_the_last_phone(console_site: ConsoleSite) -> None:
    services, writer = console_site.site.services, await console_site.person(Role.COORDINATOR, "fanta")
    address = await draft_alert(writer, severity="Moderate")
    begun = console_site.site.clock().timestamp()
    console_site.site.clock.pass_time(minutes=7)
    await edit_alert(writer, address, severity="Moderate", **{"fr-headline": "Le Bani monte"})
    await decide_alert(writer, address, "send")
    [alert] = (await services.alerts.load_library()).alerts.values()
    shards = await load_shards(services.store, alert.slug)
    took = {"A": begun + 540, "B": begun + 660}
    done = [
        replace(
            shard, done=True, counts={"fr": {"delivered": 9}} if letter in took else {}, last=int(took.get(letter, 0))
        )
        for letter, shard in shards.items()
    ]
    await services.store.write(Collection.PUSH, [shard.as_write for shard in done])
    await services.alerts.process_due()
    page = BeautifulSoup((await writer.get("/dashboard")).text, "html.parser")
    assert [
        row.select("td")[3].text for row in page.select("main tr") if row.th and "Le Bani monte" in row.th.text
    ] == ["11"]
    assert "11 min au milieu, 11 min au plus (n = 1)" in page.text


def test_minutes_are_told_only_of_alerts_of_which_they_are_known() -> None:
    shard = Shard(ALERT.slug, "A", done=True, counts={"fr": {"delivered": 9}}, last=utc_seconds(ALERT.sent) + 90)
    other = replace(shard, letter="B")

    def minutes(*shards: Shard, begun: str = ALERT.sent) -> int | None:
        return make_step(ALERT, "fr", {each.letter: each for each in shards}, 0, begun).minutes

    assert minutes(shard, other) == 2
    assert minutes(shard, begun="") is None
    assert minutes(shard, replace(other, done=False)) is None, "messages are on their way"
    assert minutes(shard, replace(other, last=0)) is None, "an older server kept no time of its last message"
    assert minutes(replace(shard, counts={"fr": {"gone": 9}}, last=0)) is None
    assert minutes(replace(shard, counts={"fr": {"delivered": 2}})) is None, "too few phones to be told of"
    steps = [AlertStep("2026-11-24", "", "Actual", 9, 9, 9, each) for each in (4, None, 30, 7)]
    summed = sum_up_minutes(steps)
    assert summed and (summed.median, summed.longest, summed.count) == (7, 30, 3)
    assert sum_up_minutes(steps[1:2]) is None


async def test_the_last_test_is_told_until_a_month_has_passed(console_site: ConsoleSite) -> None:
    services, writer = console_site.site.services, await console_site.person(Role.COORDINATOR, "fanta")
    assert "Rien n’a été essayé depuis 30 jours" in (await writer.get("/dashboard")).text
    await decide_alert(writer, await draft_alert(writer, status="Test", severity="Moderate"), "send")
    [alert] = (await services.alerts.load_library()).alerts.values()
    shard = (await load_shards(services.store, alert.slug))["A"]
    counts = {"fr": {"delivered": 12, "gone": 6}}
    await services.store.write(Collection.PUSH, [replace(shard, done=True, counts=counts).as_write])
    page = BeautifulSoup((await writer.get("/dashboard")).text, "html.parser")
    [row] = [row for row in page.select("main tr") if row.th and row.th.text.startswith("Essai ")]
    assert [cell.text for cell in row.select("td")] == ["18", "12"] and "depuis moins de 30 jours" in page.text
    assert "Aucune alerte n’est encore partie" in page.text, "a test is no step of the ladder"
    console_site.site.clock.pass_time(days=31)
    assert (await writer.sign_in("fanta")).status_code == 303
    assert "Rien n’a été essayé depuis 30 jours" in (await writer.get("/dashboard")).text


def test_few_phones_that_an_alert_did_not_reach_are_held_back() -> None:
    step = make_step(ALERT, "fr", _shards({"delivered": 98, "refused": 2}), 96)
    assert (step.asked, step.reached, step.displayed) == (100, None, None)
    assert make_step(ALERT, "fr", _shards({"delivered": 3}), 2).asked is None


def _shards(counts: dict[str, int]) -> dict[str, Shard]:
    return {"A": Shard(ALERT.slug, "A", counts={"fr": counts})}


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
