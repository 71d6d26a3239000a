"""Form inputs for the fields of a document, built from its schema; `editor_parser.py` parses the form.

A field added to a dataclass of sync/documents/model.py appears in the form by itself. Used by the console's editor.
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
from sync.documents.recommendation import Recommendation
from sync.documents.text_types import LANG

_TEXT_FIELDS = ("title", "summary", "body")
# Fields placed before the others of their dataclass: the text before its classification, warnings before the steps.
LEADING_FIELDS: Mapping[type[Any], tuple[str, ...]] = {
    Guide: _TEXT_FIELDS,
    Notice: _TEXT_FIELDS,
    LetterTemplate: _TEXT_FIELDS,
    Recommendation: ("title", "asked_of", "body", "risk"),
    Authority: ("slug", "name", "acronym"),
    ComplaintRoute: ("updated",),
    HarmRoute: ("harm", "title", "danger", "contact_offender"),
}
TEXT_AREA_LENGTH = 300  # maximum length from which a text has an input of several lines
ORDERED_LISTS = (
    "guides",
    "other_letters",
)  # lists of known values whose order matters: movable rows instead of checkboxes
# The first of these that is filled in is the title of a row.
ROW_TITLE_FIELDS = ("title", "name", "text", "label", "harm", "step", "slug", "code", "to", "")

KnownValues = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the form.

    `control`: line, text, page, day, number, tick, choice, ticks, lines, rows or group. `name`: in the form, such as
    `sources.0.name`. `key`: the field, which selects the label; "lang:fr" or "country:ML" for a key of a map.
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
        """The name as an id that CSS selectors accept."""
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class InputRow:
    """A row of a list. `title_input`: the input whose value names the row, None for an empty row."""

    name: str
    parts: tuple[Input, ...]
    title_input: Input | None


def excluded_fields(kind: str) -> tuple[str, ...]:
    """Fields that are not in the form: the document's id or the review sets them."""
    return ("slug", "lang", "reviewed") if kind in MARKDOWN_SCHEMAS else ("country",) if kind in COUNTRY_SCHEMAS else ()


def default_values(schema: Schema) -> dict[str, Any]:
    """Non-empty defaults of the fields as JSON: the form displays them, and they are not stored."""
    defaults = {
        field.name: field.default
        for field in dataclasses.fields(schema.model)
        if field.default is not dataclasses.MISSING
    }
    return {
        name: schema.fields[name].to_json(value) for name, value in defaults.items() if value and name in schema.fields
    }


def make_inputs(kind: str, fields: Mapping[str, Any], known_values: KnownValues) -> list[Input]:
    """The inputs of a document. `known_values`: by field, values to choose from (topics, countries, lang …)."""
    schema = schema_of(kind)
    defaults = default_values(schema)
    return [
        _make_input(name, name, schema.fields[name], fields.get(name, defaults.get(name)), known_values)
        for name in _input_order(schema)
        if name not in excluded_fields(kind)
    ]


def _input_order(schema: Schema) -> Iterable[str]:
    return dict.fromkeys((*LEADING_FIELDS.get(schema.model, ()), *schema.fields))


def _make_input(name: str, field: str, field_type: FieldType, value: Any, known_values: KnownValues) -> Input:
    if isinstance(field_type, Text):
        if field in known_values:
            return Input(
                name,
                field,
                "choice",
                value or "",
                options=tuple(dict.fromkeys((*known_values[field], *([value] if value else [])))),
            )
        control = (
            "page"
            if field_type.is_multiline
            else "text"
            if field_type.max_length >= TEXT_AREA_LENGTH and not field_type.pattern
            else "line"
        )
        return Input(name, field, control, value or "", field_type.max_length, field_type.hint)
    if isinstance(field_type, Date):
        return Input(name, field, "line" if field_type.allows_partial else "day", value or "", 10)
    if isinstance(field_type, Boolean):
        return Input(name, field, "tick", value is True)
    if isinstance(field_type, Integer):
        return Input(name, field, "number", "" if value is None else value)
    if isinstance(field_type, PositiveDecimal):
        return Input(name, field, "line", "" if value is None else value, 12)
    if isinstance(field_type, OneOf):
        return Input(name, field, "choice", value or "", options=field_type.values)
    if isinstance(field_type, Schema):
        return Input(name, field, "group", parts=tuple(_make_parts(name, field_type, value, known_values)))
    if isinstance(field_type, MapOf):
        return _make_keyed_input(name, field, field_type, value, known_values)
    if isinstance(field_type, ListOf):
        return _make_list_input(name, field, field_type, value, known_values)
    raise TypeError(f"no input for the field {field}")


def _make_parts(name: str, schema: Schema, value: Any, known_values: KnownValues) -> Iterator[Input]:
    stored = value if isinstance(value, Mapping) else {}
    values = {**default_values(schema), **(schema.upgrade(stored) if schema.upgrade else stored)}
    for field in _input_order(schema):
        yield _make_input(f"{name}.{field}", field, schema.fields[field], values.get(field), known_values)


def _make_keyed_input(name: str, field: str, field_type: MapOf, value: Any, known_values: KnownValues) -> Input:
    """A group with an input for each language (or country) of the site and of the document."""
    values = value if isinstance(value, Mapping) else {}
    key_kind = "lang" if field_type.pattern == LANG else "country"
    keys = dict.fromkeys((*known_values.get(key_kind, ()), *sorted(values)))
    parts = (
        _make_input(f"{name}.{key}", f"{key_kind}:{key}", field_type.value_type, values.get(key), known_values)
        for key in keys
    )
    return Input(name, field, "group", parts=tuple(parts))


def _make_list_input(name: str, field: str, field_type: ListOf, value: Any, known_values: KnownValues) -> Input:
    items = list(value) if isinstance(value, (list, tuple)) else []
    if isinstance(field_type.item_type, Schema):
        rows = [
            _make_row(f"{name}.{index}", tuple(_make_parts(f"{name}.{index}", field_type.item_type, row, known_values)))
            for index, row in enumerate(items)
        ]
        return Input(name, field, "rows", rows=tuple(rows))
    options = (
        field_type.item_type.values if isinstance(field_type.item_type, OneOf) else tuple(known_values.get(field, ()))
    )
    if field in ORDERED_LISTS:
        singles = [
            _make_input(f"{name}.{index}", "", field_type.item_type, item, {"": options})
            for index, item in enumerate(items)
        ]
        return Input(name, field, "rows", rows=tuple(_make_row(single.name, (single,)) for single in singles))
    if options:
        # Checked values first, in their order, which the form preserves: the first topic is a guide's main one.
        return Input(name, field, "ticks", tuple(items), options=tuple(dict.fromkeys((*items, *options))))
    return Input(name, field, "lines", "\n".join(str(item) for item in items))


def _make_row(name: str, parts: tuple[Input, ...]) -> InputRow:
    filled = {part.key: part for part in parts if part.value}
    titles = [title for part in parts if part.key == "titles" for title in part.parts if title.value]
    return InputRow(
        name, parts, titles[0] if titles else next((filled[key] for key in ROW_TITLE_FIELDS if key in filled), None)
    )
