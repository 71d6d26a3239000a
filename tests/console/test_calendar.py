"""The calendar of reviews: what falls due, for whom, and the file that tells no title."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from icalendar import Calendar

from server.accounts.account import Role
from server.alerts.drafts import AlertDraft, AlertDraftState
from server.console.calendar.calendar_file import write_calendar
from server.console.calendar.views import MAX_LINES, by_week, month_beside
from server.worklist.calendar_entry import CalendarEntry, EntryKind
from server.worklist.work_item import COORDINATORS
from sync.locale import Language
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_steps import GUIDE_ID, approve_change

pytestmark = pytest.mark.anyio

OFFICES_ID = "authorities:ML:fr"
SOURCE = {"title": "Une liste", "url": "https://a.ml/numeros", "published": "2025", "review_by": "2026-12-03"}


async def change_fields(site: ConsoleSite, id: str, due: str = "", **fields: Any) -> None:
    store = site.site.services.store
    record = await store.get(Collection.CONTENT, id)
    assert record
    body = {**record.body, "fields": {**record.body["fields"], **fields}, **({"due": due} if due else {})}
    await store.write(Collection.CONTENT, [Write(id, body, record.rev)])


async def lines(person: ConsoleUser, query: str = "") -> list[tuple[str, str, str, str]]:
    """Heading, sentence, small print and address of each line of a month."""
    page = BeautifulSoup((await person.get(f"/calendar{query}")).text, "html.parser")
    rows = []
    for section in page.select("main section"):
        for line in section.select("li"):
            heading, text, small, link = section.h2, line.p, line.small, line.a
            assert heading and text and small and link
            detail = small.extract().text
            rows.append((heading.text, text.text.strip(), detail.strip(), str(link["href"])))
    return rows


async def test_what_falls_due_in_a_month_stands_by_week_each_with_the_page_where_it_is_done(
    console_site: ConsoleSite,
) -> None:
    await change_fields(console_site, GUIDE_ID, due="2026-12-09")
    await change_fields(console_site, "guide:compte:fr", due="2026-11-02")
    number = {"service": "fire", "number": "18", "source": SOURCE, "rung": {"by": "Fanta", "day": "2025-12-10"}}
    companion = {
        "slug": "amis",
        "name": "Les amis",
        "receives": ["insult"],
        "consent": {"by": "Kadiatou", "day": "2026-06-01"},
        "review_by": "2026-12-01",
    }
    await change_fields(console_site, OFFICES_ID, emergency=[number], companions=[companion])
    person = await console_site.person(Role.COORDINATOR)
    assert await lines(person, "?month=2026-12") == [
        (
            "Semaine du 30 novembre 2026",
            "Accord à redemander à une association : Les amis",
            "1er décembre 2026",
            f"/console/writing/{OFFICES_ID}/edit",
        ),
        (
            "Semaine du 30 novembre 2026",
            "Faits à revérifier dans « Mali » : 1",
            "3 décembre 2026",
            f"/console/writing/{OFFICES_ID}/edit",
        ),
        (
            "Semaine du 7 décembre 2026",
            "Texte à relire : « Argent »",
            "9 décembre 2026",
            f"/console/writing/{GUIDE_ID}",
        ),
        (
            "Semaine du 7 décembre 2026",
            "Numéro d’urgence à appeler de nouveau : 18 (Mali)",
            "10 décembre 2026",
            "/console/numbers#ML:fire:18",
        ),
    ]
    late = [line for line in await lines(person) if line[0] == "En retard"]
    assert [(text, detail.split()[:3]) for _, text, detail, _ in late] == [
        ("Texte à relire : « Garder son compte »", ["2", "novembre", "2026"])
    ]
    assert [text for _, text, _, _ in await lines(person, "?month=2026-12&kind=number")] == [
        "Numéro d’urgence à appeler de nouveau : 18 (Mali)"
    ]
    answer = await person.get("/numbers")
    assert 'id="ML:fire:18"' in answer.text, "the line leads to its number"
    editor = await console_site.person(Role.EDITOR)
    assert not [line for line in await lines(editor, "?month=2026-12") if "Numéro d’urgence" in line[1]]
    for role in (Role.ANALYST, Role.FACILITATOR):
        assert (await (await console_site.person(role)).get("/calendar")).status_code == 403
    assert (await console_site.browser().get("/calendar/file")).status_code == 303


async def test_an_approval_sets_the_owner_and_moves_the_day(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.COORDINATOR)
    await change_fields(console_site, GUIDE_ID, due="2026-11-20")
    assert [line[0] for line in await lines(person, "?kind=text")] == ["En retard"]
    await approve_change(console_site, GUIDE_ID, title="Argent gardé")
    assert not [line for line in await lines(person, "?kind=text") if "Argent" in line[1]]
    [line] = await lines(person, "?month=2027-11&owner=coordinator")
    assert line[1:3] == ("Texte à relire : « Argent gardé »", "24 novembre 2027 · coordinator")
    assert await lines(person, "?month=2027-11&owner=personne") == []


async def test_what_leaves_at_a_set_hour_shows_it_in_the_time_of_the_country(console_site: ConsoleSite) -> None:
    drafts = console_site.site.services.alerts.drafts
    draft = AlertDraft("2026-11-24-crue", {"info": {"fr": {"headline": "Crue"}}}, "awa", AlertDraftState.SCHEDULED)
    await drafts.save(replace(draft, at="2026-11-29T23:30:00Z"))
    person = await console_site.person(Role.COORDINATOR)
    [line] = await lines(person, "?kind=alert")
    assert line == (
        "Semaine du 23 novembre 2026",
        "Alerte programmée : « Crue »",
        "29 novembre 2026 à 23:30 · awa",
        "/console/alerts/drafts/2026-11-24-crue/check",
    )
    text = (await person.get("/calendar/file")).text
    assert "DTSTART:20261129T233000Z" in text
    assert not {"Crue", "awa"} & set(re.findall(r"\w+", text))


async def test_the_file_counts_what_falls_due_and_names_nothing(console_site: ConsoleSite) -> None:
    await change_fields(console_site, GUIDE_ID, due="2026-12-09")
    await change_fields(console_site, "guide:compte:fr", due="2026-12-09")
    person = await console_site.person(Role.COORDINATOR)
    answer = await person.get("/calendar/file")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    events = answer.text.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]
    [event] = [event for event in events if "VALUE=DATE:20261209" in event]
    assert "SUMMARY:Textes à relire : 2\r\n" in event
    assert "/console/calendar?month=2026-12&kind=text\r\n" in event
    assert "Argent" not in answer.text


async def test_the_entries_are_made_once_after_a_change(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar, user = console_site.site.services.review_calendar, await console_site.person(Role.COORDINATOR)
    await lines(user)
    made = calendar._entries
    await lines(user, "?month=2027-01")
    assert calendar._entries is made
    await change_fields(console_site, GUIDE_ID, due="2026-12-09")
    assert await lines(user, "?month=2026-12")
    assert calendar._entries is not made


@pytest.mark.parametrize("month", ["", "2026-13", "1999-01", "2026-1", "²026-12", "2026-12\n", "x" * 3000])
async def test_a_month_that_is_none_is_this_one(console_site: ConsoleSite, month: str) -> None:
    person = await console_site.person(Role.EDITOR)
    answer = await person.get("/calendar", params={"month": month})
    assert answer.status_code == 200
    assert "Calendrier : novembre 2026" in answer.text


def entry(day: str, kind: EntryKind = EntryKind.TEXT) -> CalendarEntry:
    return CalendarEntry(day, kind, "", "", "", COORDINATORS)


def test_a_week_with_very_many_entries_counts_the_rest() -> None:
    [first, second] = by_week([entry("2026-11-29")] * (MAX_LINES + 3) + [entry("2026-11-30")])
    assert (first.monday, len(first.entries), first.more_count) == ("2026-11-23", MAX_LINES, 3)
    assert (second.monday, second.more_count) == ("2026-11-30", 0)


def test_months_before_and_after_cross_years_and_end() -> None:
    assert [month_beside(month, step) for month, step in (("2026-12", 1), ("2027-01", -1))] == ["2027-01", "2026-12"]
    assert [month_beside(month, step) for month, step in (("2099-12", 1), ("2000-01", -1))] == ["", ""]


def test_the_file_counts_by_day_and_kind_and_names_nothing() -> None:
    now = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
    hour = replace(entry("2026-12-10", EntryKind.ALERT), at="2026-12-10T06:30:00Z")
    address = "http://s/console/calendar"
    text = write_calendar(Language("fr"), [*[entry("2026-12-09")] * 3, hour], now, "s", address)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))  # RFC 5545, section 3.1
    events = Calendar.from_ical(text).events
    assert [(str(event["uid"]), event.decoded("dtstart"), str(event["summary"])) for event in events] == [
        ("2026-12-09-text@s", datetime.date(2026, 12, 9), "Textes à relire : 3"),
        (
            "2026-12-10T06:30:00Z-alert@s",
            datetime.datetime(2026, 12, 10, 6, 30, tzinfo=datetime.UTC),
            "Alertes programmées : 1",
        ),
    ]
    assert [str(event["url"]) for event in events] == [
        f"{address}?month=2026-12&kind=text",
        f"{address}?month=2026-12&kind=alert",
    ]
