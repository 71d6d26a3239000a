"""Answers as tables: a sheet for the form and one for each repeat, with names or with labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.forms.compiled_form import Form, FormItem
from sync.forms.question_types import CellContext, CellPart, CellValue
from sync.submissions.attachment_names import name_attachments
from sync.submissions.submission_reader import ReadSubmission

MAIN_SHEET = "reponses"
METADATA_COLUMNS = ("code", "day", "received", "place", "lang", "device", "doubt")
DATE_COLUMNS = ("day", "received")
KEY_COLUMNS = ("key", "parent")  # of a repeat's instance, and of the instance or submission that it stands in
LABEL_SEPARATOR = " | "  # between the labels of several choices; their names are separated by a space
PART_SEPARATOR = "/"  # between the name of a question and that of a further column


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of answers to one question, or a part of it."""

    item: FormItem
    heading: str
    part: CellPart | None = None

    @property
    def name(self) -> str:
        return f"{self.item.name}{PART_SEPARATOR}{self.part.suffix}" if self.part else self.item.name


@dataclass
class Sheet:
    """A table: the names of its columns, and the texts shown above them.

    `kinds`: the question's type for each column, "date" for dates about the submission, "" for all else.
    """

    name: str
    columns: list[str]
    headings: list[str]
    kinds: list[str] = field(default_factory=list)


class TableBuilder:
    """The tables of all versions of a form; a question that was removed, or moved to another repeat, keeps its column.

    `sheets`: the form's own first, then one for each repeat. A row has a value for each of a sheet's columns.
    """

    def __init__(self, forms: Sequence[Form], *, labels: bool, lang: str = "") -> None:
        items, used_names = _merge_items(forms), set[str]()
        self._labels = labels
        self._lang = lang
        self._columns = {path: _columns(path, items, forms, labels, lang) for path in _sheet_paths(items)}
        self._positions = {path: position for position, path in enumerate(self._columns)}
        self.sheets = [_empty_sheet(path, columns, used_names) for path, columns in self._columns.items()]

    def rows_of(self, entry: ReadSubmission) -> Iterator[tuple[int, list[CellValue]]]:
        """The rows of one submission, each with the index of its sheet."""
        digests = [file.digest for file in entry.submission.files]
        names = name_attachments(entry)
        for path, numbers, answers in answer_levels(entry.form, entry.answers or {}):
            head = _metadata(entry) if not path else [entry.submission.code, *numbers, *_keys(entry, numbers)]
            given = {name: value for name, value in answers.items() if not is_repeat(value)}
            cells = [
                _cell_value(entry, column, given.get(column.item.name), self._labels, self._lang, digests, names)
                for column in self._columns[path]
            ]
            yield self._positions[path], [*head, *cells]


def merge_choice_names(item: FormItem, forms: Sequence[Form]) -> list[str]:
    """The names of a question's choices in all versions, the newest version's first."""
    names = [
        choice["name"]
        for form in forms
        if item.name in form.items
        for choice in form.choices(str(form.items[item.name].json.get("list", "")))
    ]
    return list(dict.fromkeys(names))


def _merge_items(forms: Sequence[Form]) -> list[FormItem]:
    """The questions and repeats of the newest version, then those that only older ones have at that place."""
    merged: dict[tuple[tuple[str, ...], str, bool], FormItem] = {}
    for form in forms:
        for item in form.items.values():
            if item.kind != "group":
                merged.setdefault((item.repeats, item.name, item.is_question), item)
    return list(merged.values())


def _sheet_paths(items: Sequence[FormItem]) -> list[tuple[str, ...]]:
    return [(), *((*item.repeats, item.name) for item in items if item.kind == "repeat")]


def _columns(
    path: tuple[str, ...], items: Sequence[FormItem], forms: Sequence[Form], labels: bool, lang: str
) -> list[SheetColumn]:
    columns: list[SheetColumn] = []
    for item in items:
        if not item.is_question or not item.type.has_value or item.repeats != path:
            continue
        heading = _heading(item.name, forms, lang) if labels else item.name
        columns.append(SheetColumn(item, heading))
        for part in item.type.parts(merge_choice_names(item, forms)):
            text = part.suffix
            if labels and part.choice:
                text = _choice_heading(item, part.choice, forms, lang)
            columns.append(SheetColumn(item, f"{heading}{PART_SEPARATOR}{text}", part))
    return columns


def _empty_sheet(path: tuple[str, ...], columns: Sequence[SheetColumn], used_names: set[str]) -> Sheet:
    head = list(METADATA_COLUMNS) if not path else ["code", *path, *KEY_COLUMNS]
    return Sheet(
        unique_name(path[-1] if path else MAIN_SHEET, used_names),
        [*head, *(column.name for column in columns)],
        [*head, *(column.heading for column in columns)],
        kinds=[
            *("date" if not path and name in DATE_COLUMNS else "" for name in head),
            *("" if column.part else column.item.kind for column in columns),
        ],
    )


def unique_name(base: str, used_names: set[str]) -> str:
    """The name, numbered if one of `used_names` is the same but for capitals; it is added to them."""
    name, number = base, 1
    while name.lower() in used_names:
        number += 1
        name = f"{base}-{number}"
    used_names.add(name.lower())
    return name


def _heading(name: str, forms: Sequence[Form], lang: str) -> str:
    return next((form.label(name, lang) for form in forms if name in form.items), name)


def _choice_heading(item: FormItem, choice: str, forms: Sequence[Form], lang: str) -> str:
    labels = (_choice_label(form, form.items[item.name], choice, lang) for form in forms if item.name in form.items)
    return next((label for label in labels if label != choice), choice)


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


def _keys(entry: ReadSubmission, numbers: Sequence[CellValue]) -> list[CellValue]:
    parts = [entry.submission.code, *map(str, numbers)]
    return ["/".join(parts), "/".join(parts[:-1])]


def answer_levels(
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


def is_repeat(value: Any) -> bool:
    """True for the instances of a repeat, false for an answer."""
    return isinstance(value, list) and any(isinstance(instance, dict) for instance in value)


def _cell_value(
    entry: ReadSubmission,
    column: SheetColumn,
    value: Any,
    labels: bool,
    lang: str,
    digests: Sequence[str],
    names: Sequence[str],
) -> CellValue:
    if value is None:
        return None
    item = column.item
    if labels:
        context = CellContext(lambda name: _choice_label(entry.form, item, name, lang), LABEL_SEPARATOR, digests, names)
    else:
        context = CellContext(str, " ", digests, names)
    return column.part.cell(value, context) if column.part else item.type.cell(value, context)


def _choice_label(form: Form, item: FormItem, name: str, lang: str) -> str:
    return form.choice_label(str(item.json.get("list", "")), name, lang) or name
