"""The page of figures: weeks that are over and no small group, for coordinators too, since it is made to be printed."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from server.alerts.service import alerts_of
from server.console import page
from server.console.components.charts import BAR_COLOURS, COLOURS, draw_bars, draw_heat, draw_stacks
from server.console.components.labels import RISK_LABELS
from server.console.context import ConsoleContext
from server.console.dashboard.language_counts import language_cover
from server.inbox.submission_index import SubmissionFilter, submission_index_of
from server.statistics.alert_delivery import TRIAL_DAYS, alert_ladder, last_trials, sum_up_minutes
from server.statistics.report_history import OPINIONS, RISKS, ReportList, arrival_day, report_history_of
from server.web.app_state import clock_of, store_of
from server.writing.workspace import workspace_of
from sync.locale import N_, own_name
from sync.statistics.report_counts import (
    CountTable,
    Report,
    count_by_place,
    count_by_week,
    count_opinions,
    count_weeks,
    sum_by_place,
)
from sync.statistics.suppression import SMALLEST_SHOWN, ShownCount, show_count, suppress_parts
from sync.statistics.weeks import closed_weeks, last_closed_period, last_day_of_period, week_of, weeks_of_period
from sync.store.contract import Collection
from sync.store.iteration import iterate_records
from sync.submissions.devices import device_from_record

RISK_WEEKS, PLACE_WEEKS = 8, 26
MOST_SUBJECTS = 10
REACH_LABELS = (N_("Rumeurs"), N_("Autres envois"))
OPINION_LABELS = {"oui": N_("Oui"), "peu": N_("Un peu"), "non": N_("Non")}


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """A figure of the last week beside the one before. None: held back, or nothing to count."""

    label: str
    last: float | None
    before: float | None


async def dashboard(context: ConsoleContext) -> Response:
    today = clock_of(context)().date()
    reports = await report_history_of(context).load()
    library = (await workspace_of(context).load_snapshot()).library
    countries = {channel[-2:] for channel in library.site.channels}
    places = {
        place.code: place.name
        for code in sorted(countries)
        if code in library.places
        for place in library.places[code].places
    }
    weeks = closed_weeks(today, PLACE_WEEKS)
    heat = count_by_week(reports.rumours, weeks, "place", list(places))
    risks = count_by_week(reports.rumours, weeks[-RISK_WEEKS:], "risk", RISKS)
    period = last_closed_period(today)
    reach = _reach(reports, heat, period, places)
    ladder, trials = [await load(alerts_of(context), library) for load in (alert_ladder, last_trials)]
    tested_after = (today - datetime.timedelta(days=TRIAL_DAYS)).isoformat()
    return page.render(
        context,
        "dashboard/dashboard.html",
        context.language("Tableau de bord"),
        figures=week_figures(reports, weeks, heat),
        first_day=weeks[0].isoformat(),
        last_day=(weeks[-1] + datetime.timedelta(days=6)).isoformat(),
        least=SMALLEST_SHOWN,
        risks=risks,
        risk_chart=Markup(draw_stacks(risks)),  # noqa: S704 - numbers and colours alone
        risk_labels=[(RISK_LABELS[risk], colour) for risk, colour in zip(risks.columns, COLOURS, strict=True)],
        heat=heat,
        heat_chart=Markup(draw_heat(heat, list(places), list(places.values()))),  # noqa: S704 - svg escapes the names
        places=places,
        reach=reach,
        reach_chart=Markup(draw_bars(reach)),  # noqa: S704 - svg escapes the names
        reach_labels=list(zip(REACH_LABELS, BAR_COLOURS, strict=True)),
        opinions=count_opinions(_of_period(reports.reports, period), OPINIONS, MOST_SUBJECTS),
        opinion_labels=[OPINION_LABELS[opinion] for opinion in OPINIONS],
        period_first=period.isoformat(),
        period_last=last_day_of_period(period).isoformat(),
        ladder=ladder,
        minutes=sum_up_minutes(ladder),
        trials=trials,
        trial_days=TRIAL_DAYS,
        is_tested=any(trial.day > tested_after and trial.reached != 0 for trial in trials),
        cover=[(own_name(each.lang), each) for each in language_cover(library)],
        completeness=await _completeness(context, weeks[-4:]),
    )


def week_figures(reports: ReportList, weeks: Sequence[datetime.date], places: CountTable) -> list[WeekFigure]:
    """Four figures of the last two weeks."""
    before, last = weeks[-2:]
    totals = [places.totals[week.isoformat()] for week in (before, last)]
    all_reports = count_weeks(reports.reports, [before, last], reports.weekly_forms)
    heard = [_places_heard(places, week) for week in (before, last)]
    waits = [_median_wait(reports.reports, week) for week in (before, last)]
    return [
        WeekFigure(N_("Envois reçus"), all_reports[1], all_reports[0]),
        WeekFigure(N_("Rumeurs signalées"), totals[1], totals[0]),
        WeekFigure(N_("Régions d’où une rumeur est venue"), heard[1], heard[0]),
        WeekFigure(N_("Jours jusqu’à la réponse, au milieu"), waits[1], waits[0]),
    ]


def _places_heard(places: CountTable, week: datetime.date) -> ShownCount:
    """Places with any report; None if the whole week is held back."""
    counts = places.lines[week.isoformat()][:-1]
    return None if counts and all(count is None for count in counts) else sum(count != 0 for count in counts)


def _median_wait(reports: Sequence[Report], week: datetime.date) -> float | None:
    """Median days until an answer to a week's submissions; None if few were answered."""
    days = [report.days_until_answer for report in reports if report.week == week]
    answered = [count for count in days if count is not None]
    return statistics.median(answered) if len(answered) >= SMALLEST_SHOWN else None


def _reach(
    reports: ReportList, heat: CountTable, period: datetime.date, places: Mapping[str, str]
) -> list[tuple[str, tuple[ShownCount, ShownCount]]]:
    """Regions of `places`, by name: rumours of a period, as far as `heat` shows them, and what else came from there."""
    weeks = weeks_of_period(period)
    rumours = sum_by_place(heat, weeks, list(places))
    others = count_by_place(reports.reports, weeks, reports.weekly_forms, reports.placed_forms, list(places))
    return [(name, (rumours[code], others[code])) for code, name in places.items()]


def _of_period(reports: Sequence[Report], period: datetime.date) -> list[Report]:
    weeks = weeks_of_period(period)
    return [report for report in reports if report.week in weeks]


async def _completeness(
    context: ConsoleContext, weeks: Sequence[datetime.date]
) -> list[tuple[str, ShownCount, ShownCount]]:
    """Weeks: the Monday, the phones of the field of which headquarters received something in it, and all that are
    enrolled and not revoked. A phone's own clock may be wrong.
    """
    rows = await submission_index_of(context).find(SubmissionFilter())
    heard = {(row.device, week_of(day)) for row in rows if row.device and (day := arrival_day(row))}
    records = iterate_records(store_of(context), Collection.PEOPLE, "device:")
    phones = {
        device.id
        for device in [device_from_record(record.id, record.body) async for record in records]
        if not device.revoked
    }
    counts = {week: sum((phone, week) in heard for phone in phones) for week in weeks}
    shown = {week: suppress_parts([count, len(phones) - count])[0] for week, count in counts.items()}
    return [(week.isoformat(), shown[week], show_count(len(phones))) for week in weeks]
