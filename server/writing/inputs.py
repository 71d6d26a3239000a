"""A document's fields as inputs of a form, made from the field tables of sync/documents/kinds.py, and the posted form back as fields.

No field is named here: a field added to a table appears in the form.
"""
from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.documents.fields import Day, Decimal, Flag, Kind, Many, OneOf, Record, Text, Whole
from sync.documents.kinds import WRITTEN

ELSEWHERE = ("slug", "lang", "reviewed")  # said by the address, and by the review
BODY = "body"
LONG = 300  # characters from which a text is written in a box of several lines
EMPTY_ROWS = 2  # offered below the rows there are


@dataclass(frozen=True, slots=True)
class Input:
    """`control`: line, text, page, day, number, tick, choice, ticks, lines or rows. `name` is the form's: `sources.0.name`; `key` the
    field's, which says the label.
    """

    name: str
    key: str
    control: str
    value: Any = ""
    most: int = 0
    hint: str = ""
    options: tuple[str, ...] = ()
    rows: tuple[tuple[Input, ...], ...] = field(default=())


def inputs(kind: str, fields: Mapping[str, Any], known: Mapping[str, Sequence[str]]) -> list[Input]:
    """The inputs of a guide, notice or letter. `known`: values to tick for lists whose values the site knows (topics, countries)."""
    return [
        _input(name, name, form, fields.get(name), known) for name, form in WRITTEN[kind].fields.items() if name not in ELSEWHERE
    ]


def _input(name: str, field: str, form: Kind, value: Any, known: Mapping[str, Sequence[str]]) -> Input:
    if isinstance(form, Text) and field in known:
        return Input(name, field, "choice", value or "", options=tuple(dict.fromkeys((*known[field], *([value] if value else [])))))
    if isinstance(form, Text):
        control = "page" if form.lines else "text" if form.most >= LONG else "line"
        return Input(name, field, control, value or "", form.most, form.form)
    if isinstance(form, Day):
        return Input(name, field, "line" if form.partial else "day", value or "", 10)
    if isinstance(form, Flag):
        return Input(name, field, "tick", _flag(field, value))
    if isinstance(form, (Whole, Decimal)):
        return Input(name, field, "number", "" if value is None else value)
    if isinstance(form, OneOf):
        return Input(name, field, "choice", value or "", options=form.values)
    if isinstance(form, Many):
        return _many(name, field, form, value or [], known)
    raise TypeError(f"no input for the field {field}")


def _many(name: str, field: str, form: Many, value: Sequence[Any], known: Mapping[str, Sequence[str]]) -> Input:
    if isinstance(form.of, Record):
        columns = form.of.fields
        rows = [
            tuple(_input(f"{name}.{index}.{column}", column, kind, row.get(column), known) for column, kind in columns.items())
            for index, row in enumerate([*value, *({} for _ in range(EMPTY_ROWS))])
        ]
        return Input(name, field, "rows", rows=tuple(rows))
    options = form.of.values if isinstance(form.of, OneOf) else tuple(known.get(field, ()))
    if options:
        # What is ticked stands first, in its order: the form gives it back so, and the first subject is a guide's own.
        return Input(name, field, "ticks", tuple(value), options=tuple(dict.fromkeys((*value, *options))))
    return Input(name, field, "lines", "\n".join(str(item) for item in value))


def read(kind: str, one: Callable[[str], str], many: Callable[[str], list[str]], has: Callable[[str], bool]) -> dict[str, Any]:
    """The fields that a posted form says, empty ones left out. `one`, `many`, `has` read the form."""
    fields = {}
    for name, form in WRITTEN[kind].fields.items():
        if name not in ELSEWHERE:
            value = _read(name, name, form, one, many, has)
            if value not in (None, "", []):
                fields[name] = value
    return fields


def _read(
    name: str, field: str, form: Kind, one: Callable[[str], str], many: Callable[[str], list[str]], has: Callable[[str], bool]
) -> Any:
    if isinstance(form, Flag):
        ticked = bool(one(name))
        return None if ticked == _flag(field, None) else ticked
    if isinstance(form, (Whole, Decimal)):
        return _number(one(name).strip())
    if not isinstance(form, Many):
        return typed(one(name)).strip()
    if isinstance(form.of, Record):
        return [row for row in _rows(name, form.of, one, many, has) if any(value is not False for value in row.values())]
    if has(f"{name}.lines"):
        return [typed(line).strip() for line in one(f"{name}.lines").splitlines() if line.strip()]
    return [value for value in many(name) if value]


def typed(text: str) -> str:
    """What was typed, in the form that files have: lines ended by LF, Unicode NFC."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _rows(
    name: str, form: Record, one: Callable[[str], str], many: Callable[[str], list[str]], has: Callable[[str], bool]
) -> Iterator[dict[str, Any]]:
    """Rows in order, an empty one ends nothing: people empty a row to delete it."""
    first = next(iter(form.fields))
    index = 0
    while has(f"{name}.{index}.{first}"):
        values = {column: _read(f"{name}.{index}.{column}", column, kind, one, many, has) for column, kind in form.fields.items()}
        yield {column: value for column, value in values.items() if value not in (None, "", [])}
        index += 1


def _flag(field: str, value: Any) -> bool:
    """A tick's state; what is not said is the field's default: only `checked` is true by itself."""
    return field == "checked" if value is None else value is True


def _number(text: str) -> Any:
    """A whole number as such, so that the same form gives the same fields; anything else as it was typed, to be refused by the table."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
