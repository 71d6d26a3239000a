"""Parser of a posted form into a document's fields, by the schemas from which `editor_fields.py` built the form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from server.web.request_text import parse_number
from server.writing.editor_fields import default_values, excluded_fields
from sync.content.schemas import schema_of
from sync.documents.field_types import Boolean, FieldType, Integer, ListOf, MapOf, PositiveDecimal, Schema

MAX_WHOLE = 999_999_999


@dataclass(frozen=True, slots=True)
class PostedForm:
    """A posted form. `value`: the value of a name, "" for none; `values`: all of its values; `names`: all names."""

    value: Callable[[str], str]
    values: Callable[[str], list[str]]
    names: Collection[str]


def parse_form(kind: str, form: PostedForm, *, keep_empty_rows: bool = False) -> dict[str, Any]:
    """The fields in the form, without empty ones; `keep_empty_rows` keeps empty rows and so the indexes of all rows."""
    schema = schema_of(kind)
    fields = {name: field_type for name, field_type in schema.fields.items() if name not in excluded_fields(kind)}
    return _parse_record("", Schema(schema.model, fields), _ParseContext(form, keep_empty_rows))


def normalize_text(text: str) -> str:
    """Text as in content files: lines end with LF, Unicode NFC."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True, slots=True)
class _ParseContext:
    form: PostedForm
    keep_empty_rows: bool


def _parse_record(name: str, schema: Schema, context: _ParseContext) -> dict[str, Any]:
    values = {
        field: _parse_value(f"{name}.{field}" if name else field, field_type, context)
        for field, field_type in schema.fields.items()
    }
    defaults = default_values(schema)
    is_left_out = {
        field: _is_default(value, defaults[field]) if field in defaults else _is_empty(value)
        for field, value in values.items()
    }
    return {field: value for field, value in values.items() if not is_left_out[field]}


def _is_empty(value: Any) -> bool:
    return value is False or value in ("", [], {})


def _is_default(value: Any, default: Any) -> bool:
    """True if the field has its default or is empty; an unchecked box is neither."""
    return value == default or (value is not False and value in ("", [], {}))


def _parse_value(name: str, field_type: FieldType, context: _ParseContext) -> Any:
    get_value = context.form.value
    if isinstance(field_type, Boolean):
        return bool(get_value(name))
    if isinstance(field_type, Integer):
        return _parse_whole(get_value(name).strip())
    if isinstance(field_type, PositiveDecimal):
        return get_value(name).strip().replace(",", ".")
    if isinstance(field_type, Schema):
        return _drop_empty(_parse_record(name, field_type, context))
    if isinstance(field_type, MapOf):
        return _parse_keyed(name, field_type, context)
    return (
        _parse_list(name, field_type, context)
        if isinstance(field_type, ListOf)
        else normalize_text(get_value(name)).strip()
    )


def _drop_empty(record: dict[str, Any]) -> dict[str, Any]:
    """The record, or an empty one if it contains only unchecked boxes."""
    return record if any(value is not False for value in record.values()) else {}


def _parse_keyed(name: str, field_type: MapOf, context: _ParseContext) -> dict[str, Any]:
    pattern = re.compile(rf"{re.escape(name)}\.({field_type.pattern})(?:\..*)?")
    keys = dict.fromkeys(match[1] for form_name in context.form.names if (match := pattern.fullmatch(form_name)))
    values = {key: _parse_value(f"{name}.{key}", field_type.value_type, context) for key in keys}
    return {key: value for key, value in values.items() if not _is_empty(value)}


def _parse_list(name: str, field_type: ListOf, context: _ParseContext) -> list[Any]:
    form = context.form
    if isinstance(field_type.item_type, Schema):
        records: list[Any] = []
        while f"{name}.{len(records)}.{next(iter(field_type.item_type.fields))}" in form.names:
            records.append(_parse_record(f"{name}.{len(records)}", field_type.item_type, context))
        return records if context.keep_empty_rows else [row for row in records if _drop_empty(row)]
    if f"{name}.lines" in form.names:
        return [line.strip() for line in normalize_text(form.value(f"{name}.lines")).splitlines() if line.strip()]
    singles: list[Any] = []
    while f"{name}.{len(singles)}" in form.names:
        singles.append(normalize_text(form.value(f"{name}.{len(singles)}")).strip())
    if singles:
        return singles if context.keep_empty_rows else [value for value in singles if value]
    return [value for value in form.values(name) if value]


def _parse_whole(text: str) -> Any:
    """An integer if the text is one; otherwise the text, which the schema refuses."""
    number = parse_number(text, MAX_WHOLE)
    return text if number is None else number
