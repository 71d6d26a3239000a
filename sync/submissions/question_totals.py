"""Totals of the answers to one form, question by question, for people who may read them.

Sealed answers are not counted. sync/statistics/form_totals.py makes those for all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.forms.answer_summaries import AnswerSummary
from sync.forms.compiled_form import Form, FormItem
from sync.submissions.countable_answers import collect_columns


@dataclass(frozen=True, slots=True)
class HistogramBar:
    """A bar of a chart. `count` None: held back."""

    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class QuestionTotals:
    """Totals of one question: `answer_count` answers (None: held back) in `form_count` forms.

    `bars`: for choices, numbers and days. `figures`: for numbers, the entries least, middle, most and sum.
    """

    name: str
    label: str
    kind: str
    answer_count: int | None
    form_count: int
    bars: tuple[HistogramBar, ...] = ()
    figures: tuple[tuple[str, float], ...] = ()

    @property
    def highest_count(self) -> int:
        """The count of the longest bar."""
        return max((bar.count or 0 for bar in self.bars), default=0)


def question_totals(form: Form, answers: Sequence[Mapping[str, Any]], lang: str = "") -> list[QuestionTotals]:
    """Totals of the form's countable questions, in its order. `answers`: of each submission that can be read."""
    columns = collect_columns(answers)
    return [
        _totals_of(form, item, columns.get(item.repeats, {}).get(item.name, []), len(answers), lang)
        for item in form.items.values()
        if item.is_question and item.type.is_answered
    ]


def _totals_of(form: Form, item: FormItem, values: Sequence[Any], form_count: int, lang: str) -> QuestionTotals:
    choices = [
        (choice["name"], form.text_in(choice["label"], lang)) for choice in form.choices(item.json.get("list", ""))
    ]
    summary = item.type.summarize(values, choices) if item.type.summarize else AnswerSummary()
    return QuestionTotals(
        item.name,
        form.label(item.name, lang),
        item.kind,
        len(values),
        form_count,
        tuple(HistogramBar(name, count) for name, count in summary.bars),
        summary.figures,
    )
