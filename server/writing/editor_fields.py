"""A document's fields as inputs of a form, made from its schema; `editor_parser.py` parses the posted form.

The form follows the dataclasses of sync/documents/model.py: a field added there appears in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from sync.documents.model import Authority, ComplaintRoute, Guide, HarmRoute, LetterTemplate, Notice
from sync.documents.text_types import LANG

_TEXT_FIELDS = ("title", "summary", "body")
# Fields placed before the others of their dataclass: the text before its classification, warnings before the steps.
LEADING_FIELDS: Mapping[type[Any], tuple[str, ...]] = {
    Guide: _TEXT_FIELDS,
    Notice: _TEXT_FIELDS,
    LetterTemplate: _TEXT_FIELDS,
    Authority: ("slug", "name", "acronym"),
    ComplaintRoute: ("updated",),
    HarmRoute: ("harm", "title", "danger", "contact_offender"),
}
TEXT_AREA_LENGTH = 300  # characters from which a text is written in a box of several lines
ORDERED_LISTS = ("guides",)  # lists of known values whose order is read: rows to move, where others are ticked
ROW_TITLE_FIELDS = (
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

KnownValues = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Input:
    """`control`: line, text, page, day, number, tick, choice, ticks, lines, rows or group. `name` is the form's: `sources.0.name`; `key`
    the field's, which says the label ("lang:fr" and "country:ML" for what stands under a language or a country).
    """

    name: str
    key: str
    control: str
    value: Any = ""
    max_length: int = 0
    hint: str = ""
    options: tuple[str, ...] = ()
    rows: tuple[InputRow, ...] = ()
    parts: tuple[Input, ...] = ()

    @property
    def id(self) -> str:
        """For what a style sheet's selector names."""
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class InputRow:
    """One of several. `called`: the input by which people know it, None for a row that says nothing yet."""

    name: str
    parts: tuple[Input, ...]
    title_input: Input | None


def excluded_fields(kind: str) -> tuple[str, ...]:
    """Fields that the form leaves out: the address says them, or the review."""
    return ("slug", "lang", "reviewed") if kind in MARKDOWN_SCHEMAS else ("country",) if kind in COUNTRY_SCHEMAS else ()


def default_values(form: Schema) -> dict[str, Any]:
    """What a document says where it says nothing, as JSON: the form shows it, and reads it as nothing said."""
    said = {one.name: one.default for one in dataclasses.fields(form.model) if one.default is not dataclasses.MISSING}
    return {name: form.fields[name].to_json(value) for name, value in said.items() if value and name in form.fields}


def make_inputs(kind: str, fields: Mapping[str, Any], known_values: KnownValues) -> list[Input]:
    """The inputs of a document. `known`: values to choose from for fields whose values the site knows (topics, countries, lang…)."""
    form = schema_of(kind)
    default = default_values(form)
    return [
        _make_input(name, name, form.fields[name], fields.get(name, default.get(name)), known_values)
        for name in _input_order(form)
        if name not in excluded_fields(kind)
    ]


def _input_order(schema: Schema) -> Iterable[str]:
    return dict.fromkeys((*LEADING_FIELDS.get(schema.model, ()), *schema.fields))


def _make_input(name: str, field: str, form: FieldType, value: Any, known: KnownValues) -> Input:
    if isinstance(form, Text):
        if field in known:
            return Input(
                name,
                field,
                "choice",
                value or "",
                options=tuple(dict.fromkeys((*known[field], *([value] if value else [])))),
            )
        control = (
            "page"
            if form.is_multiline
            else "text"
            if form.max_length >= TEXT_AREA_LENGTH and not form.pattern
            else "line"
        )
        return Input(name, field, control, value or "", form.max_length, form.hint)
    if isinstance(form, Date):
        return Input(name, field, "line" if form.allows_partial else "day", value or "", 10)
    if isinstance(form, Boolean):
        return Input(name, field, "tick", value is True)
    if isinstance(form, Integer):
        return Input(name, field, "number", "" if value is None else value)
    if isinstance(form, PositiveDecimal):
        return Input(name, field, "line", "" if value is None else value, 12)
    if isinstance(form, OneOf):
        return Input(name, field, "choice", value or "", options=form.values)
    if isinstance(form, Schema):
        return Input(name, field, "group", parts=tuple(_make_parts(name, form, value, known)))
    if isinstance(form, MapOf):
        return _make_keyed_input(name, field, form, value, known)
    if isinstance(form, ListOf):
        return _make_list_input(name, field, form, value, known)
    raise TypeError(f"no input for the field {field}")


def _make_parts(name: str, form: Schema, value: Any, known: KnownValues) -> Iterator[Input]:
    held = {**default_values(form), **(value if isinstance(value, Mapping) else {})}
    for field in _input_order(form):
        yield _make_input(f"{name}.{field}", field, form.fields[field], held.get(field), known)


def _make_keyed_input(name: str, field: str, form: MapOf, value: Any, known: KnownValues) -> Input:
    """One part for each language (or country) of the site, and for those that the document has besides."""
    held = value if isinstance(value, Mapping) else {}
    under = "lang" if form.pattern == LANG else "country"
    keys = dict.fromkeys((*known.get(under, ()), *sorted(held)))
    parts = (_make_input(f"{name}.{key}", f"{under}:{key}", form.value_type, held.get(key), known) for key in keys)
    return Input(name, field, "group", parts=tuple(parts))


def _make_list_input(name: str, field: str, form: ListOf, value: Any, known: KnownValues) -> Input:
    held = list(value) if isinstance(value, (list, tuple)) else []
    if isinstance(form.item_type, Schema):
        rows = [
            _make_row(f"{name}.{index}", tuple(_make_parts(f"{name}.{index}", form.item_type, row, known)))
            for index, row in enumerate(held)
        ]
        return Input(name, field, "rows", rows=tuple(rows))
    options = form.item_type.values if isinstance(form.item_type, OneOf) else tuple(known.get(field, ()))
    if field in ORDERED_LISTS:
        singles = [
            _make_input(f"{name}.{index}", "", form.item_type, item, {"": options}) for index, item in enumerate(held)
        ]
        return Input(name, field, "rows", rows=tuple(_make_row(one.name, (one,)) for one in singles))
    if options:
        # What is ticked stands first, in its order: the form gives it back so, and the first subject is a guide's own.
        return Input(name, field, "ticks", tuple(held), options=tuple(dict.fromkeys((*held, *options))))
    return Input(name, field, "lines", "\n".join(str(item) for item in held))


def _make_row(name: str, parts: tuple[Input, ...]) -> InputRow:
    said = {part.key: part for part in parts if part.value}
    titles = [title for part in parts if part.key == "titles" for title in part.parts if title.value]
    return InputRow(
        name, parts, titles[0] if titles else next((said[key] for key in ROW_TITLE_FIELDS if key in said), None)
    )
