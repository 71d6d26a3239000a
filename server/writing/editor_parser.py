"""A posted form read back as a document's fields, by the same tables that `inputs.py` made it from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from server.writing.editor_fields import default_values, excluded_fields
from sync.content.schemas import schema_of
from sync.documents.field_types import Boolean, FieldType, Integer, ListOf, MapOf, PositiveDecimal, Schema


@dataclass(frozen=True, slots=True)
class PostedForm:
    """`one`: the value of a name, "" for none. `many`: all its values. `names`: every name that was sent."""

    value: Callable[[str], str]
    values: Callable[[str], list[str]]
    names: Collection[str]


def parse_form(kind: str, form: PostedForm, *, keep_empty_rows: bool = False) -> dict[str, Any]:
    """The fields that the form says, empty ones and empty rows left out. `whole`: empty rows too, so that rows keep their numbers."""
    table = schema_of(kind)
    fields = {name: one for name, one in table.fields.items() if name not in excluded_fields(kind)}
    return _parse_record("", Schema(table.model, fields), _ParseContext(form, keep_empty_rows))


def normalize_text(text: str) -> str:
    """What was typed, in the form that files have: lines ended by LF, Unicode NFC."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True, slots=True)
class _ParseContext:
    form: PostedForm
    keep_empty_rows: bool


def _parse_record(name: str, form: Schema, reading: _ParseContext) -> dict[str, Any]:
    read = {
        field: _parse_value(f"{name}.{field}" if name else field, kind, reading) for field, kind in form.fields.items()
    }
    default = default_values(form)
    quiet = {
        field: _is_default(value, default[field]) if field in default else _is_empty(value)
        for field, value in read.items()
    }
    return {field: value for field, value in read.items() if not quiet[field]}


def _is_empty(value: Any) -> bool:
    return value is False or value in ("", [], {})


def _is_default(value: Any, default: Any) -> bool:
    """An emptied field says its default; a tick taken away says no."""
    return value == default or (value is not False and value in ("", [], {}))


def _parse_value(name: str, form: FieldType, reading: _ParseContext) -> Any:
    one = reading.form.value
    if isinstance(form, Boolean):
        return bool(one(name))
    if isinstance(form, Integer):
        return _parse_whole(one(name).strip())
    if isinstance(form, PositiveDecimal):
        return one(name).strip().replace(",", ".")
    if isinstance(form, Schema):
        return _drop_empty(_parse_record(name, form, reading))
    if isinstance(form, MapOf):
        return _parse_keyed(name, form, reading)
    return _parse_list(name, form, reading) if isinstance(form, ListOf) else normalize_text(one(name)).strip()


def _drop_empty(record: dict[str, Any]) -> dict[str, Any]:
    """Nothing, where a record holds no more than ticks taken away."""
    return record if any(value is not False for value in record.values()) else {}


def _parse_keyed(name: str, form: MapOf, reading: _ParseContext) -> dict[str, Any]:
    pattern = re.compile(rf"{re.escape(name)}\.({form.pattern})(?:\..*)?")
    keys = dict.fromkeys(found[1] for one in reading.form.names if (found := pattern.fullmatch(one)))
    read = {key: _parse_value(f"{name}.{key}", form.value_type, reading) for key in keys}
    return {key: value for key, value in read.items() if not _is_empty(value)}


def _parse_list(name: str, form: ListOf, reading: _ParseContext) -> list[Any]:
    sent = reading.form
    if isinstance(form.item_type, Schema):
        records: list[Any] = []
        while f"{name}.{len(records)}.{next(iter(form.item_type.fields))}" in sent.names:
            records.append(_parse_record(f"{name}.{len(records)}", form.item_type, reading))
        return records if reading.keep_empty_rows else [row for row in records if _drop_empty(row)]
    if f"{name}.lines" in sent.names:
        return [line.strip() for line in normalize_text(sent.value(f"{name}.lines")).splitlines() if line.strip()]
    singles: list[Any] = []
    while f"{name}.{len(singles)}" in sent.names:
        singles.append(normalize_text(sent.value(f"{name}.{len(singles)}")).strip())
    if singles:
        return singles if reading.keep_empty_rows else [value for value in singles if value]
    return [value for value in sent.values(name) if value]


def _parse_whole(text: str) -> Any:
    """A whole number as such, so that the same form gives the same fields; anything else as it was typed, to be refused by the table."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
