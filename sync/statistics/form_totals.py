"""Totals of the answers to a form, for people who may not read the answers.

Shown are questions with choices that everybody is asked. A question that only some are asked would tell how many gave
the answer on which it depends. The least and the greatest number are one person's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sync.forms.compiled_form import Form, FormItem
from sync.forms.expressions import references
from sync.statistics.suppression import ShownCount, suppress_choices, suppress_parts
from sync.submissions.question_totals import HistogramBar, QuestionTotals

MAX_EMPTY_BARS = 12  # a longer list shows only the choices that somebody made


def protected_totals(
    form: Form, answers: Sequence[Mapping[str, Any]], lang: str = "", shown_elsewhere: Collection[str] = ()
) -> list[QuestionTotals]:
    """Totals of the form's questions with choices; a bar that is held back has no count.

    `answers`: of each submission that can be read.
    `shown_elsewhere`: questions that other pages show, which a total would complete; those whose choices they filter
    are left out too.
    """
    return [
        _totals_of(form, item, [each.get(item.name) for each in answers], lang)
        for item in independent_questions(form)
        if not ({item.name} | _references(item, "filter")) & set(shown_elsewhere)
    ]


def independent_questions(form: Form) -> list[FormItem]:
    """Questions with choices of which no other's totals say anything.

    Of a question and those that its answer filters, one alone is chosen: the first of those that it filters.
    """
    sources = {name for item in form.items.values() for name in _references(item, "filter")}
    chosen, used = [], set[str]()
    for item in form.items.values():
        if not item.is_question or not item.type.has_list or item.repeats or item.name in form.conditional_names:
            continue
        filters = _references(item, "filter")
        if item.name in sources or _references(item, "constraint") - {item.name} or filters & used:
            continue
        used |= filters
        chosen.append(item)
    return chosen


def _references(item: FormItem, column: str) -> set[str]:
    return set(references(item.json[column])) if column in item.json else set()


def _totals_of(form: Form, item: FormItem, values: Sequence[Any], lang: str) -> QuestionTotals:
    """`values`: one of each submission, None without an answer. How many answered is known of single choices only."""
    choices = form.choices(item.json["list"])
    counts = Counter(name for value in values for name in (value if isinstance(value, list) else [value]))
    parts = [counts[choice["name"]] for choice in choices]
    answered: ShownCount = None
    if item.kind == "select_one":
        *shown, unanswered = suppress_parts([*parts, len(values) - sum(parts)])
        answered = None if unanswered is None else len(values) - unanswered
    else:
        shown = list(suppress_choices(parts, len(values)))
    bars = [
        HistogramBar(form.text_in(choice["label"], lang), count)
        for choice, count in zip(choices, shown, strict=True)
        if count != 0 or len(choices) <= MAX_EMPTY_BARS
    ]
    if all(count is None for count in shown):
        bars = []
    return QuestionTotals(item.name, form.label(item.name, lang), item.kind, answered, len(values), tuple(bars))
