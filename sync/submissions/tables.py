"""Answers as tables: a sheet for the form and one for each repeat, with names or with labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.forms.compiled_form import Form, FormItem
from sync.forms.question_types import CellContext, CellValue
from sync.submissions.submission_reader import ReadSubmission

MAIN_SHEET = "reponses"
METADATA_COLUMNS = ("code", "day", "received", "place", "lang", "device", "doubt")
LABEL_SEPARATOR = " | "  # between the labels of several choices; their names are separated by a space


@dataclass
class Sheet:
    """A table. `rows` have a value for each of `columns`; `headings` are the texts shown above them."""

    name: str
    columns: list[str]
    headings: list[str]
    rows: list[list[CellValue]] = field(default_factory=list)


def build_sheets(
    forms: Sequence[Form], entries: Iterable[ReadSubmission], *, labels: bool, lang: str = ""
) -> list[Sheet]:
    """The sheets of all versions of a form; a question that was removed from the form keeps its column."""
    items = _merge_items(forms)
    sheets = [_empty_sheet(MAIN_SHEET, (), items, forms, labels, lang)]
    sheets += [
        _empty_sheet(item.name, (*item.repeats, item.name), items, forms, labels, lang)
        for item in items.values()
        if item.kind == "repeat"
    ]
    by_path = dict(zip(_sheet_paths(items), sheets, strict=True))
    for entry in entries:
        for path, numbers, answers in _answer_levels(entry.form, entry.answers or {}):
            sheet = by_path[path]
            head = _metadata(entry) if not path else [entry.submission.code, *numbers]
            sheet.rows.append(
                [
                    *head,
                    *(
                        _cell_value(entry, items[name], answers.get(name), labels, lang)
                        for name in sheet.columns[len(head) :]
                    ),
                ]
            )
    return sheets


def _merge_items(forms: Sequence[Form]) -> dict[str, FormItem]:
    """The items of the newest version, then those that only older ones have, by name."""
    merged: dict[str, FormItem] = {}
    for form in forms:
        for name, item in form.items.items():
            merged.setdefault(name, item)
    return merged


def _sheet_paths(items: Mapping[str, FormItem]) -> list[tuple[str, ...]]:
    return [(), *((*item.repeats, item.name) for item in items.values() if item.kind == "repeat")]


def _empty_sheet(
    name: str, path: tuple[str, ...], items: Mapping[str, FormItem], forms: Sequence[Form], labels: bool, lang: str
) -> Sheet:
    questions = [
        item.name for item in items.values() if item.is_question and item.type.has_value and item.repeats == path
    ]
    head = list(METADATA_COLUMNS) if not path else ["code", *path]
    headings = [_heading(name, forms, lang) for name in questions] if labels else questions
    return Sheet(name, [*head, *questions], [*head, *headings])


def _heading(name: str, forms: Sequence[Form], lang: str) -> str:
    return next((form.label(name, lang) for form in forms if name in form.items), name)


def _metadata(entry: ReadSubmission) -> list[CellValue]:
    submission = entry.submission
    return [
        submission.code,
        submission.day,
        entry.received_on,
        submission.place,
        submission.lang,
        entry.device,
        entry.warning,
    ]


def _answer_levels(
    form: Form, answers: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], list[CellValue], Mapping[str, Any]]]:
    """(path, numbers, answers) of the form itself, then of each repeat's instances, numbered from 1."""
    yield (), [], answers
    repeats = [item for item in form.items.values() if item.kind == "repeat"]
    levels: dict[tuple[str, ...], list[tuple[list[CellValue], Mapping[str, Any]]]] = {(): [([], answers)]}
    for item in repeats:
        path = (*item.repeats, item.name)
        levels[path] = [
            ([*numbers, number], instance)
            for numbers, outer in levels[item.repeats]
            for number, instance in enumerate(outer.get(item.name) or [], start=1)
        ]
        for numbers, instance in levels[path]:
            yield path, numbers, instance


def _cell_value(entry: ReadSubmission, item: FormItem, value: Any, labels: bool, lang: str) -> CellValue:
    if value is None:
        return None
    digests = [file.digest for file in entry.submission.files]
    if not labels:
        return item.type.cell(value, CellContext(str, " ", digests))
    return item.type.cell(
        value, CellContext(lambda name: _choice_label(entry.form, item, name, lang), LABEL_SEPARATOR, digests)
    )


def _choice_label(form: Form, item: FormItem, name: str, lang: str) -> str:
    return form.choice_label(str(item.json.get("list", "")), name, lang) or name
