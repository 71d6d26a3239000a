"""The calendar: a month as a list by week, filtered by kind and owner, and the year ahead as an iCalendar file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from server.console import page
from server.console.calendar.calendar_file import write_calendar
from server.console.components.document_title import document_title
from server.console.components.labels import CALENDAR_KINDS
from server.console.components.local_time import clock_country
from server.console.context import CONSOLE_PATH, ConsoleContext
from server.web.app_state import clock_of
from server.web.site_origin import site_origin_of
from server.worklist.calendar_entry import CalendarEntry
from server.worklist.review_calendar import review_calendar_of
from server.writing.workspace import workspace_of
from sync.alerts.timestamps import parse_timestamp
from sync.statistics.weeks import week_of

MAX_LINES = 200  # of a section; more are counted
AHEAD = datetime.timedelta(days=366)  # days in the file
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class WeekSection:
    """The entries of a week that are shown, and the number of further ones. `monday`: ISO date."""

    monday: str
    entries: Sequence[CalendarEntry]
    more_count: int


async def month(context: ConsoleContext) -> Response:
    """A month, this one unless the query names another. What is late stands before this month's weeks."""
    today = clock_of(context)().date().isoformat()
    entries = await review_calendar_of(context).list_for(context.user)
    filters = {name: context.query(name) for name in ("kind", "owner")}
    asked = context.query("month")
    shown = asked if _MONTH.fullmatch(asked) else today[:7]
    chosen = [
        entry for entry in entries if filters["kind"] in ("", entry.kind) and filters["owner"] in ("", entry.owner)
    ]
    is_current = shown == today[:7]
    late = [entry for entry in chosen if is_current and entry.day < today]
    of_month = [entry for entry in chosen if entry.day[:7] == shown and not (is_current and entry.day < today)]
    snapshot = await workspace_of(context).load_snapshot()
    _, country = context.language, clock_country(snapshot.library)

    def sentence(entry: CalendarEntry) -> str:
        values: dict[str, Any] = dict(entry.values)
        if "country" in values:
            values["country"] = _.country(values["country"])
        if work := snapshot.works.get(str(values.get("id", ""))):
            values["title"] = document_title(_, work)
        return _(entry.sentence, **values)

    def moment(entry: CalendarEntry) -> str:
        return _.local_time(parse_timestamp(entry.at), country) if entry.at else _.date(entry.day)

    return page.render(
        context,
        "calendar/month.html",
        _("Calendrier : {month}", month=_.date(shown)),
        filters=filters,
        month=shown,
        before=_address(month_beside(shown, -1), filters),
        after=_address(month_beside(shown, 1), filters),
        late=late[:MAX_LINES],
        late_more=max(0, len(late) - MAX_LINES),
        weeks=by_week(of_month),
        kinds=[(kind, _(label)) for kind, label in CALENDAR_KINDS.items()],
        owners=[(name, name) for name in sorted({entry.owner for entry in entries} - {""})],
        sentence=sentence,
        moment=moment,
    )


async def download(context: ConsoleContext) -> Response:
    """The year ahead for a person's own calendar: days, kinds and numbers, without any title or name."""
    now, _ = clock_of(context)(), context.language
    first, last = now.date().isoformat(), (now.date() + AHEAD).isoformat()
    entries = [
        entry for entry in await review_calendar_of(context).list_for(context.user) if first <= entry.day <= last
    ]
    site = (await workspace_of(context).load_snapshot()).library.site
    address = f"{site_origin_of(context).console_url}{CONSOLE_PATH}/calendar"
    text = write_calendar(_, entries, now, site.id, address)
    headers = {"content-disposition": 'attachment; filename="kunnafoni.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


def by_week(entries: Sequence[CalendarEntry]) -> list[WeekSection]:
    """Sections of entries that are sorted by day."""
    sections = []
    for monday, group in groupby(entries, key=lambda entry: week_of(datetime.date.fromisoformat(entry.day))):
        of_week = list(group)
        sections.append(WeekSection(monday.isoformat(), of_week[:MAX_LINES], max(0, len(of_week) - MAX_LINES)))
    return sections


def month_beside(month: str, step: int) -> str:
    """The month before or after; "" beyond the years that the page knows."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + step
    beside = f"{count // 12:04d}-{count % 12 + 1:02d}"
    return beside if _MONTH.fullmatch(beside) else ""


def _address(month: str, filters: dict[str, str]) -> str:
    query = urlencode({"month": month} | {name: value for name, value in filters.items() if value})
    return f"{CONSOLE_PATH}/calendar?{query}" if month else ""
