"""Answers as tables: a sheet for the form and one for each repeat, with names or with labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sync.forms.compiled_form import Form, FormItem
from sync.submissions.submission_reader import ReadSubmission

CellValue = str | int | Decimal | bool | None

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
        item.name for item in items.values() if item.is_question and item.kind != "note" and item.repeats == path
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
    if item.kind in ("image", "audio"):
        return entry.submission.files[value].digest if value < len(entry.submission.files) else None
    if item.kind == "decimal":
        return Decimal(value)
    if isinstance(value, list):
        texts = [_choice_label(entry.form, item, name, lang) if labels else name for name in value]
        return (LABEL_SEPARATOR if labels else " ").join(texts)
    if item.kind == "select_one" and labels:
        return _choice_label(entry.form, item, value, lang)
    return value if isinstance(value, (str, int, bool)) else str(value)


def _choice_label(form: Form, item: FormItem, name: str, lang: str) -> str:
    return form.choice_label(str(item.json.get("list", "")), name, lang) or name


def histogram(numbers: Sequence[float], max_bins: int = 8) -> list[tuple[str, int]]:
    """Counts of sorted numbers in at most `max_bins` equal intervals, or of each value if there are few values."""
    distinct = sorted(set(numbers))
    if len(distinct) <= max_bins:
        return [(_format_number(value), sum(number == value for number in numbers)) for value in distinct]
    width = (distinct[-1] - distinct[0]) / max_bins
    edges = [distinct[0] + width * step for step in range(max_bins + 1)]
    bins = []
    for step, (low, high) in enumerate(pairwise(edges)):
        is_last = step == max_bins - 1
        count = sum(low <= number < high or (is_last and number == distinct[-1]) for number in numbers)
        bins.append((f"{_format_number(low)} – {_format_number(distinct[-1] if is_last else high)}", count))
    return bins


def _format_number(number: float) -> str:
    return f"{number:g}"
