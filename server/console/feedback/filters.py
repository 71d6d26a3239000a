"""Filters of submissions: the same for the list, its totals, its map and all that leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from server.console.context import ConsoleContext
from server.inbox.answer_index import CountableAnswers, answer_index_of
from server.inbox.submission_index import SubmissionFilter, SubmissionSummary, submission_index_of
from sync.forms.compiled_form import LONG_LIST, Form, FormItem
from sync.forms.conversions import day_of
from sync.submissions.tables import merge_choice_names

SUMMARY_FIELDS = ("form", "place", "first", "last", "state", "who", "device")
ANSWER_FIELD = "answer"  # QUESTION=CHOICE, of a form that is chosen too
SEPARATOR = "="


def read_filters(context: ConsoleContext, form: str = "") -> SubmissionFilter:
    """The filters of the request's query besides the answer's; one with an invalid date keeps only its form."""
    values = {name: context.query(name) for name in SUMMARY_FIELDS} | ({"form": form} if form else {})
    filters = SubmissionFilter(**values)
    if any(day and not day_of(day) for day in (filters.first, filters.last)):
        return SubmissionFilter(form=filters.form)
    return filters


def filter_query(context: ConsoleContext, **changes: str) -> str:
    """The query with the filters of the request, changed; without the form, which addresses name."""
    names = (*SUMMARY_FIELDS[1:], ANSWER_FIELD)
    return urlencode({name: value for name in names if (value := changes.get(name, context.query(name)))} | changes)


async def find_filtered(context: ConsoleContext, form: str = "") -> list[SubmissionSummary]:
    """The submissions that the filters of the request let through, as `SubmissionIndex.find` sorts them."""
    filters = read_filters(context, form)
    rows = await submission_index_of(context).find(filters)
    question, separator, choice = context.query(ANSWER_FIELD).partition(SEPARATOR)
    if not separator or not filters.form:
        return rows
    answers = await answer_index_of(context).load(filters.form)
    return [row for row in rows if _has_answer(answers.get(row.id), question, choice)]


def choice_filters(forms: Sequence[Form], lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """For each question with choices, its label and its choices: the filter's value and the choice's label.

    Questions of all versions, the newest first; those with more than a hundred choices have none.
    """
    items: dict[str, tuple[Form, FormItem]] = {}
    for form in forms:
        for name, item in form.items.items():
            if item.is_question and item.type.has_list:
                items.setdefault(name, (form, item))
    return [
        (
            form.label(name, lang),
            [(f"{name}{SEPARATOR}{choice}", _label(forms, name, choice, lang)) for choice in names],
        )
        for name, (form, item) in items.items()
        if 0 < len(names := merge_choice_names(item, forms)) <= LONG_LIST
    ]


def _label(forms: Sequence[Form], name: str, choice: str, lang: str) -> str:
    lists = ((form, str(form.items[name].json.get("list", ""))) for form in forms if name in form.items)
    return next((label for form, list_name in lists if (label := form.choice_label(list_name, choice, lang))), choice)


def _has_answer(answers: CountableAnswers, question: str, choice: str) -> bool:
    return any(choice == value or (isinstance(value, list) and choice in value) for value in _find(answers, question))


def _find(answers: Mapping[str, object] | None, question: str) -> Iterator[object]:
    """The answers to a question at any depth."""
    for name, value in (answers or {}).items():
        if name == question:
            yield value
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for instance in value:
                yield from _find(instance, question)
