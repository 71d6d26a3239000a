"""Tables made from reports: lines by week, totals of forms in a period, and answers by what they are about.

Made for the pages and files that people see who may not read every report. What is shown together here is what the
solver of tests/statistics tries to see through.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync.statistics.suppression import ShownCount, is_small, may_add_up, protects, show_count, suppress_parts


@dataclass(frozen=True, slots=True)
class Report:
    """Counted facts of a submission.

    `week`: the Monday of its arrival. `risk`: the gravest. `subject`: the page that an opinion is about. "": not said.
    """

    week: datetime.date
    form: str
    place: str = ""
    risk: str = ""
    subject: str = ""
    opinion: str = ""
    days_until_answer: int | None = None


@dataclass(frozen=True, slots=True)
class CountTable:
    """Lines of counts, each with a total of its own. No column has a total."""

    columns: tuple[str, ...]
    lines: Mapping[str, tuple[ShownCount, ...]]
    totals: Mapping[str, ShownCount]

    @property
    def highest_count(self) -> int:
        return max((count or 0 for line in self.lines.values() for count in line), default=0)


def count_lines(pairs: Iterable[tuple[str, str]], lines: Sequence[str], columns: Sequence[str]) -> CountTable:
    """Count pairs of line and column; each line is protected by itself. A line with a small total shows nothing."""
    counts = Counter(pairs)
    rows = {line: [counts[line, column] for column in columns] for line in lines}
    return CountTable(
        tuple(columns),
        {line: suppress_parts(row) for line, row in rows.items()},
        {line: show_count(sum(row)) for line, row in rows.items()},
    )


def count_by_week(
    reports: Iterable[Report], weeks: Sequence[datetime.date], column_of: str, columns: Sequence[str]
) -> CountTable:
    """A line for each week. `column_of`: the field `place` or `risk`.

    The column "" has the reports of all other values, so that each line holds all reports of its week.
    """
    known = set(columns)
    values = ((report.week.isoformat(), getattr(report, column_of)) for report in reports)
    pairs = ((week, value if value in known else "") for week, value in values)
    return count_lines(pairs, [week.isoformat() for week in weeks], [*columns, ""])


def count_weeks(
    reports: Iterable[Report], weeks: Sequence[datetime.date], weekly_forms: frozenset[str]
) -> list[ShownCount]:
    """All reports of each week, held back where those of `weekly_forms` (shown by week) or all others are few."""
    counts = Counter((report.week, report.form in weekly_forms) for report in reports)
    parts = [(counts[week, True], counts[week, False]) for week in weeks]
    return [None if is_small(weekly) or is_small(rest) else weekly + rest for weekly, rest in parts]


def count_forms(
    reports: Iterable[Report], weeks: Sequence[datetime.date], weekly_forms: frozenset[str]
) -> dict[str, ShownCount]:
    """Reports of each form in a period. `weekly_forms`: those whose weeks are shown, so that a total could be split."""
    counts = Counter((report.form, report.week) for report in reports if report.week in weeks)
    forms = sorted({form for form, _ in counts})
    by_week = {form: [counts[form, week] for week in weeks] for form in forms}
    others = [form for form in forms if form not in weekly_forms]
    totals = suppress_parts([sum(by_week[form]) for form in others])
    if not may_add_up([sum(by_week[form][week] for form in others) for week in range(len(weeks))]):
        totals = (None,) * len(others)  # together they would give away a small week of `count_weeks`
    shown = dict(zip(others, totals, strict=True))
    for form in forms:
        if form in weekly_forms:
            total = show_count(sum(by_week[form]))
            shown[form] = total if may_add_up(by_week[form]) else None
    return shown


def count_by_place(
    reports: Sequence[Report],
    weeks: Sequence[datetime.date],
    weekly_forms: frozenset[str],
    placed_forms: frozenset[str],
    places: Sequence[str],
) -> dict[str, ShownCount]:
    """Reports of the forms that ask for a place, in a period, by place; "" for those that name none or another.

    Without the reports of `weekly_forms`, whose places are shown by week. Everything is held back where the sum would
    give away the reports of a form that `count_forms` holds back.
    """
    columns = [*places, ""]
    totals = count_forms(reports, weeks, weekly_forms)
    own = [report for report in reports if report.week in weeks and report.form not in weekly_forms]
    by_form = Counter(report.form for report in own)
    hidden = [form for form in by_form if totals[form] is None]
    placed, others = (
        [by_form[form] for form in hidden if (form in placed_forms) is wanted] for wanted in (True, False)
    )
    if by_form and (len(hidden) == len(by_form) or (placed and others and not (protects(placed) and protects(others)))):
        return dict.fromkeys(columns)
    counts = Counter(report.place if report.place in places else "" for report in own if report.form in placed_forms)
    return dict(zip(columns, suppress_parts([counts[place] for place in columns]), strict=True))


def sum_by_place(table: CountTable, weeks: Sequence[datetime.date], places: Sequence[str]) -> dict[str, ShownCount]:
    """Sums of what a table of `count_by_week` shows of each place in these weeks; None where it hides a part."""
    lines = [table.lines[week.isoformat()] for week in weeks]
    parts = {place: [line[table.columns.index(place)] for line in lines] for place in places}
    return {place: None if None in counts else sum(filter(None, counts)) for place, counts in parts.items()}


def count_opinions(reports: Iterable[Report], opinions: Sequence[str], most: int) -> CountTable:
    """Opinions by what they are about, the `most` frequent first; subjects with few opinions are left out."""
    opined = [report for report in reports if report.subject and report.opinion in opinions]
    totals = Counter(report.subject for report in opined)
    subjects = sorted(totals, key=lambda subject: (-totals[subject], subject))
    shown = suppress_parts([totals[subject] for subject in subjects])
    lines = [subject for subject, count in zip(subjects, shown, strict=True) if count is not None][:most]
    return count_lines(((report.subject, report.opinion) for report in opined), lines, opinions)
