"""Figures of a period for people who decide, made only of tables that the dashboard and the totals show too.

What is shown here and there together is what the solver of tests/statistics tries to see through. All counts are of
weeks that are over and of answers given within a week, so that the same figures can be made again.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sync.statistics.report_counts import CountTable, Report, count_by_week, count_forms
from sync.statistics.suppression import ShownCount, suppress_parts
from sync.statistics.weeks import PERIOD, PERIOD_WEEKS, WEEK, last_closed_period, weeks_of_period

QUESTION_FORM, COMPLAINT_FORM = "question", "plainte"  # of content/forms
HISTORY_WEEKS, RISK_WEEKS = 26, 8
ANSWERED_WITHIN = 7  # days
CONFIDENCE = ((100, "clear"), (30, "careful"), (1, "signal"))  # the least number of reports, and the word's code


@dataclass(frozen=True, slots=True)
class BriefFigure:
    """A count of a period beside that of the period before. `base`: the number of reports on which it stands."""

    kind: str
    count: ShownCount
    before: ShownCount
    base: ShownCount

    @property
    def confidence(self) -> str:
        """A code of CONFIDENCE; "" without a base."""
        return next((word for least, word in CONFIDENCE if (self.base or 0) >= least), "")


@dataclass(frozen=True, slots=True)
class BriefFigures:
    """`places`, `risks`: rumours by week up to the period's last. `silent`: places of which no rumour came."""

    figures: tuple[BriefFigure, ...]
    places: CountTable
    risks: CountTable
    silent: tuple[str, ...]


def last_brief_period(today: datetime.date) -> datetime.date:
    """The last period whose reports had a week for their answers."""
    return last_closed_period(today - WEEK)


def brief_figures(
    reports: Sequence[Report],
    weekly_forms: frozenset[str],
    period: datetime.date,
    places: Sequence[str],
    risks: Sequence[str],
    own_places: Sequence[str],
) -> BriefFigures:
    """`weekly_forms`: the forms of rumours, as of `count_forms`. `places`: all that the dashboard shows.

    `own_places`: those of them that the brief shows. The others are counted too: another division of the same weeks
    beside the dashboard's would give small numbers away.
    """
    end = period + PERIOD
    weeks = [end - step * WEEK for step in range(HISTORY_WEEKS, 0, -1)]
    rumours = [report for report in reports if report.form in weekly_forms]
    heat = count_by_week(rumours, weeks, "place", places)
    now, before = (_Totals(reports, weekly_forms, each) for each in (period, period - PERIOD))
    heard = [_heard_places(heat, own_places, weeks_of_period(each)) for each in (period, period - PERIOD)]
    figures = (
        BriefFigure("rumours", now.rumours, before.rumours, now.rumours),
        BriefFigure("questions", now.questions, before.questions, now.questions),
        BriefFigure("answered", now.answered, before.answered, now.questions),
        BriefFigure("complaints", now.complaints, before.complaints, now.complaints),
        BriefFigure("places", heard[0], heard[1], now.rumours),
    )
    is_known = all(_is_visible(heat.lines[week.isoformat()]) for week in weeks[-PERIOD_WEEKS:])
    silent = [
        place
        for place in own_places
        if is_known
        and all(heat.lines[week.isoformat()][heat.columns.index(place)] == 0 for week in weeks[-PERIOD_WEEKS:])
    ]
    return BriefFigures(figures, heat, count_by_week(rumours, weeks[-RISK_WEEKS:], "risk", risks), tuple(silent))


class _Totals:
    def __init__(self, reports: Sequence[Report], weekly_forms: frozenset[str], period: datetime.date) -> None:
        weeks = weeks_of_period(period)
        totals = count_forms(reports, weeks, weekly_forms)
        weekly = [totals[form] for form in weekly_forms if form in totals]
        shown = [count for count in weekly if count is not None]
        self.rumours: ShownCount = sum(shown) if len(shown) == len(weekly) else None
        self.questions = totals.get(QUESTION_FORM, 0)
        self.complaints = totals.get(COMPLAINT_FORM, 0)
        waits = [
            report.days_until_answer for report in reports if report.form == QUESTION_FORM and report.week in weeks
        ]
        soon = sum(days is not None and days <= ANSWERED_WITHIN for days in waits)
        self.answered = suppress_parts([soon, len(waits) - soon])[0] if self.questions is not None else None


def _is_visible(line: Sequence[ShownCount]) -> bool:
    return any(count is not None for count in line)


def _heard_places(heat: CountTable, places: Sequence[str], weeks: Sequence[datetime.date]) -> ShownCount:
    """Number of places with any report; None if a week of the period is held back as a whole."""
    lines = [heat.lines.get(week.isoformat(), ()) for week in weeks]
    if not all(map(_is_visible, lines)):
        return None
    return sum(any(line[heat.columns.index(place)] != 0 for line in lines) for place in places)
