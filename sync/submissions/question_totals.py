"""Totals of the answers to one form, question by question, for charts and briefs. Sealed answers are not counted.

Counts below `min_count` are suppressed, because in a village a single answer identifies a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.forms.answer_summaries import AnswerSummary
from sync.forms.compiled_form import Form, FormItem
from sync.submissions.submission_reader import ReadSubmission

MIN_GROUP_SIZE = 5  # smallest count shown to anybody but coordinators


@dataclass(frozen=True, slots=True)
class HistogramBar:
    """A bar of a chart. `count` None: suppressed, because it is too small."""

    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class QuestionTotals:
    """Totals of one question: `answer_count` answers in `form_count` forms.

    `bars`: for choices, numbers and days. `figures`: for numbers, the entries least, middle, most and sum.
    """

    name: str
    label: str
    kind: str
    answer_count: int
    form_count: int
    bars: tuple[HistogramBar, ...] = ()
    figures: tuple[tuple[str, float], ...] = ()

    @property
    def highest_count(self) -> int:
        """The count of the longest bar."""
        return max((bar.count or 0 for bar in self.bars), default=0)


def question_totals(
    form: Form, entries: Sequence[ReadSubmission], lang: str = "", min_count: int = 0
) -> list[QuestionTotals]:
    """Totals of the form's countable questions, in its order."""
    readable = [entry for entry in entries if entry.answers is not None]
    return [
        _totals_of(form, item, readable, lang, min_count)
        for item in form.items.values()
        if item.is_question and item.type.is_answered
    ]


def _totals_of(
    form: Form, item: FormItem, entries: Sequence[ReadSubmission], lang: str, min_count: int
) -> QuestionTotals:
    values = [value for entry in entries for value in _answer_values(entry.answers or {}, item)]
    choices = [
        (choice["name"], form.text_in(choice["label"], lang)) for choice in form.choices(item.json.get("list", ""))
    ]
    summary = item.type.summarize(values, choices) if item.type.summarize else AnswerSummary()
    return QuestionTotals(
        item.name,
        form.label(item.name, lang),
        item.kind,
        len(values),
        len(entries),
        tuple(_bar(name, count, min_count) for name, count in summary.bars),
        summary.figures if len(values) >= min_count else (),
    )


def _bar(name: str, count: int, min_count: int) -> HistogramBar:
    return HistogramBar(name, count if count >= min_count or count == 0 else None)


def _answer_values(answers: Mapping[str, Any], item: FormItem) -> Iterator[Any]:
    levels: Iterable[Mapping[str, Any]] = [answers]
    for repeat in item.repeats:
        levels = [instance for level in levels for instance in level.get(repeat) or []]
    yield from (level[item.name] for level in levels if item.name in level)
