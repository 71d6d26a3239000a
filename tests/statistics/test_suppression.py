"""Held-back counts: an integer-programming solver, given all that is shown, cannot tell any of them."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import highspy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sync.statistics.brief_figures import brief_figures
from sync.statistics.report_counts import (
    Report,
    count_by_place,
    count_by_week,
    count_forms,
    count_opinions,
    count_weeks,
    sum_by_place,
)
from sync.statistics.suppression import ShownCount, may_add_up, suppress_choices, suppress_parts
from sync.statistics.weeks import PERIOD_WEEKS, closed_weeks, last_closed_period, period_of, weeks_of_period

MANY = 1000  # people; more than any table has
LEAST, MOST = highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize
COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=7)


@dataclass
class Attacker:
    """Somebody who knows every count that is shown, and that what is held back is no zero where zeros are shown.

    Variables are numbers of people in the smallest groups; a count is the sum of some of them.
    """

    variables: int
    known: list[tuple[list[int], int, int]] = field(default_factory=list)  # variables, least and greatest sum
    hidden: list[list[int]] = field(default_factory=list)

    def see(self, parts: Sequence[Sequence[int]], shown: Sequence[ShownCount]) -> None:
        """A line of counts."""
        has_zeros = any(count is not None for count in shown)
        for variables, count in zip(parts, shown, strict=True):
            if count is None:
                self.hidden.append(list(variables))
                self.known.append((list(variables), 1 if has_zeros else 0, MANY))
            else:
                self.known.append((list(variables), count, count))

    def can_tell(self) -> list[list[int]]:
        """Held-back counts that have one solution alone."""
        solver = self._model()
        return [group for group in self.hidden if _extreme(solver, group, LEAST) == _extreme(solver, group, MOST)]

    def _model(self) -> highspy.Highs:
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        for variable in range(self.variables):
            solver.addVar(0, MANY)
            solver.changeColIntegrality(variable, highspy.HighsVarType.kInteger)
        for group, least, most in self.known:
            solver.addRow(least, most, len(group), group, [1.0] * len(group))
        return solver


def _extreme(solver: highspy.Highs, group: Sequence[int], sense: highspy.ObjSense) -> int:
    for variable in group:
        solver.changeColCost(variable, 1.0)
    solver.changeObjectiveSense(sense)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    value = round(solver.getInfo().objective_function_value)
    for variable in group:
        solver.changeColCost(variable, 0.0)
    return value


@given(COUNTS)
@example([1, 1, 1, 1, 1])
@example([3, 0, 0, 9])
@example([4, 4])
@example([1, 1, 1, 1, 1, 0])
def test_no_held_back_part_of_a_total_can_be_told(counts: list[int]) -> None:
    shown = suppress_parts(counts)
    assert all(count is None or count == 0 or count >= 5 for count in shown)
    attacker = Attacker(len(counts))
    if sum(counts) >= 5:
        attacker.known.append((list(range(len(counts))), sum(counts), sum(counts)))
    attacker.see([[index] for index in range(len(counts))], shown)
    assert attacker.can_tell() == []


@settings(max_examples=30)
@given(st.lists(st.sets(st.integers(0, 2)), max_size=14))
@example([{0}] * 9 + [{1}] * 3)
@example([{0, 1, 2}] * 8 + [{0}])
def test_no_held_back_choice_can_be_told(people: list[set[int]]) -> None:
    chosen = Counter(choice for person in people for choice in person)
    counts = [chosen[choice] for choice in range(3)]
    shown = suppress_choices(counts, len(people))
    groups = [set(group) for size in range(4) for group in itertools.combinations(range(3), size)]
    attacker = Attacker(len(groups))
    if len(people) >= 5:
        attacker.known.append((list(range(len(groups))), len(people), len(people)))
        if all(people):  # a question that everybody must answer
            attacker.known.append(([0], 0, 0))
    attacker.see([[i for i, group in enumerate(groups) if choice in group] for choice in range(3)], shown)
    assert attacker.can_tell() == []


WEEKS = weeks_of_period(datetime.date(2026, 9, 7))
FORMS, PLACES, RISKS = ("rumeur", "avis", "question", "visite"), ("A", "B", ""), ("violence", "argent", "")
WEEKLY, PLACED = frozenset({"rumeur"}), frozenset({"rumeur", "question", "visite"})
ANSWERED = "argent"  # in place of a question's risk: it had an answer within a week
PARTS = {
    "rumeur": list(itertools.product(PLACES, RISKS)),
    "avis": [("", "")],
    "question": list(itertools.product(PLACES, (ANSWERED, ""))),
    "visite": list(itertools.product(PLACES, ("",))),
}


def reports_of(cells: Sequence[tuple[int, str, str, str, int]]) -> list[Report]:
    """Reports of these numbers, of the groups that PARTS has."""
    return [
        Report(WEEKS[week], form, place, risk, days_until_answer=1 if (form, risk) == ("question", ANSWERED) else None)
        for week, form, place, risk, count in cells
        for _ in range(count if (place, risk) in PARTS[form] else 0)
    ]


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.integers(0, PERIOD_WEEKS - 1),
            st.sampled_from(FORMS),
            st.sampled_from(PLACES),
            st.sampled_from(RISKS),
            st.sampled_from([0, 1, 2, 3, 4, 5, 6, 9]),
        ),
        max_size=24,
    )
)
@example([(0, "question", "A", "", 9), (1, "question", "A", "", 9), (0, "avis", "", "", 3)])  # no place is all opinions
def test_all_tables_of_a_period_together_tell_nothing(cells: list[tuple[int, str, str, str, int]]) -> None:
    reports = reports_of(cells)
    groups = [
        (week, form, place, risk) for week in range(PERIOD_WEEKS) for form in FORMS for place, risk in PARTS[form]
    ]

    def of(week: int | None = None, form: str = "", place: str | None = None, risk: str | None = None) -> list[int]:
        wanted = (week, form or None, place, risk)
        return [
            index
            for index, group in enumerate(groups)
            if all(want in (None, have) for want, have in zip(wanted, group, strict=True))
        ]

    attacker = Attacker(len(groups))
    rumours = [report for report in reports if report.form == "rumeur"]
    places = count_by_week(rumours, WEEKS, "place", PLACES[:-1])
    risks = count_by_week(rumours, WEEKS, "risk", RISKS[:-1])
    for week, monday in enumerate(WEEKS):
        line = monday.isoformat()
        attacker.see([of(week, "rumeur")], [places.totals[line]])
        attacker.see([of(week, "rumeur", place=place) for place in places.columns], places.lines[line])
        attacker.see([of(week, "rumeur", risk=risk) for risk in risks.columns], risks.lines[line])
        attacker.see([of(week)], [count_weeks(reports, WEEKS, WEEKLY)[week]])
    forms = count_forms(reports, WEEKS, WEEKLY)
    attacker.see([of(form=form) for form in forms], list(forms.values()))
    brief = brief_figures(reports, WEEKLY, WEEKS[0], PLACES[:-1], RISKS[:-1], PLACES[:1])
    answered = next(figure.count for figure in brief.figures if figure.kind == "answered")
    attacker.see([of(form="question", risk=ANSWERED)], [answered])
    reach = count_by_place(reports, WEEKS, WEEKLY, PLACED, PLACES[:-1])
    attacker.see(
        [of(form="question", place=place) + of(form="visite", place=place) for place in reach], list(reach.values())
    )
    assert set(sum_by_place(places, WEEKS, PLACES[:-1]).values()) <= {None, *range(200)} - {1, 2, 3, 4}
    assert all(brief.places.lines[monday.isoformat()] == places.lines[monday.isoformat()] for monday in WEEKS)
    told = [[groups[index] for index in variables] for variables in attacker.can_tell()]
    assert told == []


def test_the_solver_sees_through_a_table_that_only_hides_what_is_small() -> None:
    attacker = Attacker(3)
    attacker.known.append(([0, 1, 2], 20, 20))
    attacker.see([[0], [1], [2]], [None, 9, 8])
    assert attacker.can_tell() == [[0]]


def test_a_total_stands_beside_its_weeks_only_if_it_gives_none_of_them_away() -> None:
    assert may_add_up([0, 7, 9]) and may_add_up([2, 3, 9])
    assert not may_add_up([3, 7, 9]) and not may_add_up([1, 1, 9]) and not may_add_up([1, 1, 1, 1, 1])


def test_opinions_of_a_page_that_few_judged_are_not_shown() -> None:
    judged = [("guide-a", "oui")] * 9 + [("guide-a", "non")] * 2 + [("guide-b", "non")] * 3 + [("guide-c", "oui")] * 6
    table = count_opinions(
        [Report(WEEKS[0], "utilite", subject=subject, opinion=opinion) for subject, opinion in judged],
        ("oui", "peu", "non"),
        most=10,
    )
    assert table.lines == {"guide-a": (None, 0, None)}, "guide-c would tell how many judged guide-b"


def test_periods_do_not_overlap_and_end_before_they_are_shown() -> None:
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=step) for step in range(400)]
    assert {weeks_of_period(period_of(day))[0] for day in days} == {period_of(day) for day in days}
    assert all(last_closed_period(day) + datetime.timedelta(days=28) <= day for day in days)
    assert closed_weeks(datetime.date(2026, 12, 1), 2) == [datetime.date(2026, 11, 16), datetime.date(2026, 11, 23)]
