"""The calendar as iCalendar (RFC 5545), for the calendar of a person's phone, which may lie with a third party.

Each day has an event for each kind of thing, with its number: no title, name or reason leaves the console.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence

from server.console.components.labels import CALENDAR_KINDS
from server.worklist.calendar_entry import CalendarEntry
from sync.alerts.timestamps import parse_timestamp
from sync.locale import Language


def write_calendar(
    language: Language, entries: Sequence[CalendarEntry], now: datetime.datetime, site_id: str, address: str
) -> bytes:
    """`address`: of the calendar in the console. An entry with an hour has an event of that hour."""
    from icalendar import Calendar, Event  # 10 MB and its time zones: loaded where a file is asked for

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Kunnafoni//{site_id}//{language.code.upper()}")
    for (day, at, kind), count in Counter((entry.day, entry.at, entry.kind) for entry in entries).items():
        event = Event()
        event.add("uid", f"{at or day}-{kind}@{site_id}")
        event.add("dtstamp", now)
        event.add("dtstart", parse_timestamp(at) if at else datetime.date.fromisoformat(day))
        event.add("summary", f"{language(CALENDAR_KINDS[kind])} : {count}")
        event.add("url", f"{address}?month={day[:7]}&kind={kind}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
