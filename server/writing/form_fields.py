"""A document's fields as inputs of a form, made from the field tables of sync/content/schemas.py; `posted.py` reads the form back.

No field is named by the form: a field added to a table appears in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.content.schemas import COUNTRY_SCHEMAS, MARKDOWN_SCHEMAS, schema_of
from sync.documents.field_types import (
    Boolean,
    Date,
    FieldType,
    Integer,
    ListOf,
    MapOf,
    OneOf,
    PositiveDecimal,
    Schema,
    Text,
)
from sync.documents.model import LANG

FIRST = ("title", "summary", "body")  # what a writer came for stands before what a text is filed under
LONG = 300  # characters from which a text is written in a box of several lines
IN_ORDER = ("guides",)  # lists of known values whose order is read: rows to move, where others are ticked
NAMES = (
    "title",
    "name",
    "text",
    "label",
    "harm",
    "step",
    "slug",
    "code",
    "",
)  # what a row is called by, the first that says something

Known = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Input:
    """`control`: line, text, page, day, number, tick, choice, ticks, lines, rows or group. `name` is the form's: `sources.0.name`; `key`
    the field's, which says the label ("lang:fr" and "country:ML" for what stands under a language or a country).
    """

    name: str
    key: str
    control: str
    value: Any = ""
    most: int = 0
    hint: str = ""
    options: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    parts: tuple[Input, ...] = ()

    @property
    def id(self) -> str:
        """For what a style sheet's selector names."""
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """One of several. `called`: the input by which people know it, None for a row that says nothing yet."""

    name: str
    parts: tuple[Input, ...]
    called: Input | None


def elsewhere(kind: str) -> tuple[str, ...]:
    """Fields that the form leaves out: the address says them, or the review."""
    return ("slug", "lang", "reviewed") if kind in MARKDOWN_SCHEMAS else ("country",) if kind in COUNTRY_SCHEMAS else ()


def defaults(form: Schema) -> dict[str, Any]:
    """What a document says where it says nothing, as JSON: the form shows it, and reads it as nothing said."""
    said = {one.name: one.default for one in dataclasses.fields(form.of) if one.default is not dataclasses.MISSING}
    return {name: form.fields[name].show(value) for name, value in said.items() if value and name in form.fields}


def inputs(kind: str, fields: Mapping[str, Any], known: Known) -> list[Input]:
    """The inputs of a document. `known`: values to choose from for fields whose values the site knows (topics, countries, lang…)."""
    form = schema_of(kind)
    default = defaults(form)
    names = dict.fromkeys((*(name for name in FIRST if name in form.fields), *form.fields))
    return [
        _input(name, name, form.fields[name], fields.get(name, default.get(name)), known)
        for name in names
        if name not in elsewhere(kind)
    ]


def _input(name: str, field: str, form: FieldType, value: Any, known: Known) -> Input:
    if isinstance(form, Text):
        if field in known:
            return Input(
                name,
                field,
                "choice",
                value or "",
                options=tuple(dict.fromkeys((*known[field], *([value] if value else [])))),
            )
        control = "page" if form.lines else "text" if form.most >= LONG and not form.pattern else "line"
        return Input(name, field, control, value or "", form.most, form.form)
    if isinstance(form, Date):
        return Input(name, field, "line" if form.partial else "day", value or "", 10)
    if isinstance(form, Boolean):
        return Input(name, field, "tick", value is True)
    if isinstance(form, Integer):
        return Input(name, field, "number", "" if value is None else value)
    if isinstance(form, PositiveDecimal):
        return Input(name, field, "line", "" if value is None else value, 12)
    if isinstance(form, OneOf):
        return Input(name, field, "choice", value or "", options=form.values)
    if isinstance(form, Schema):
        return Input(name, field, "group", parts=tuple(_parts(name, form, value, known)))
    if isinstance(form, MapOf):
        return _keyed(name, field, form, value, known)
    if isinstance(form, ListOf):
        return _many(name, field, form, value, known)
    raise TypeError(f"no input for the field {field}")


def _parts(name: str, form: Schema, value: Any, known: Known) -> Iterator[Input]:
    held = {**defaults(form), **(value if isinstance(value, Mapping) else {})}
    for field, kind in form.fields.items():
        yield _input(f"{name}.{field}", field, kind, held.get(field), known)


def _keyed(name: str, field: str, form: MapOf, value: Any, known: Known) -> Input:
    """One part for each language (or country) of the site, and for those that the document has besides."""
    held = value if isinstance(value, Mapping) else {}
    under = "lang" if form.pattern == LANG else "country"
    keys = dict.fromkeys((*known.get(under, ()), *sorted(held)))
    parts = (_input(f"{name}.{key}", f"{under}:{key}", form.of, held.get(key), known) for key in keys)
    return Input(name, field, "group", parts=tuple(parts))


def _many(name: str, field: str, form: ListOf, value: Any, known: Known) -> Input:
    held = list(value) if isinstance(value, (list, tuple)) else []
    if isinstance(form.of, Schema):
        rows = [
            _row(f"{name}.{index}", tuple(_parts(f"{name}.{index}", form.of, row, known)))
            for index, row in enumerate(held)
        ]
        return Input(name, field, "rows", rows=tuple(rows))
    options = form.of.values if isinstance(form.of, OneOf) else tuple(known.get(field, ()))
    if field in IN_ORDER:
        singles = [_input(f"{name}.{index}", "", form.of, item, {"": options}) for index, item in enumerate(held)]
        return Input(name, field, "rows", rows=tuple(_row(one.name, (one,)) for one in singles))
    if options:
        # What is ticked stands first, in its order: the form gives it back so, and the first subject is a guide's own.
        return Input(name, field, "ticks", tuple(held), options=tuple(dict.fromkeys((*held, *options))))
    return Input(name, field, "lines", "\n".join(str(item) for item in held))


def _row(name: str, parts: tuple[Input, ...]) -> Row:
    said = {part.key: part for part in parts if part.value}
    titles = [title for part in parts if part.key == "titles" for title in part.parts if title.value]
    return Row(name, parts, titles[0] if titles else next((said[key] for key in NAMES if key in said), None))
