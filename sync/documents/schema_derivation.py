"""Schemas derived from dataclasses: each field is declared once, with its type and its limits.

A field's annotation gives its type: `Annotated[str, Text(120)]`, `bool`, `tuple[Source, ...]`, `Review | None`.
Used by the documents of sync/documents/model.py and sync/alerts/alert.py, and by the schemas of sync/content.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import types
import typing
from typing import Any

from sync.documents.field_types import Boolean, FieldType, Integer, ListOf, MapOf, PositiveDecimal, Schema

_PLAIN_TYPES: dict[type[Any], FieldType] = {bool: Boolean(), int: Integer(), float: PositiveDecimal()}


@dataclasses.dataclass(frozen=True, slots=True)
class Unique:
    """Marks a list whose items differ: in the field `by` if they are dataclasses, else in their value."""

    by: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Keys:
    """Marks a map: the pattern of its keys, and the hint for a key that does not match."""

    pattern: str
    hint: str


@functools.cache
def derive_schema(model: type[Any]) -> Schema:
    """The schema of a dataclass, its fields in their order, nested dataclasses included.

    A field without a default is required. A method `check_fields(self, node, report)` of the dataclass checks its
    fields against each other; `upgrade_fields(former)` gives today's fields for those of an earlier release. Raises
    TypeError for a field whose annotation has no field type.
    """
    annotations = typing.get_type_hints(model, include_extras=True)
    fields = {
        field.name: _field_type(annotations[field.name], f"{model.__name__}.{field.name}")
        for field in dataclasses.fields(model)
    }
    return Schema(model, fields, getattr(model, "check_fields", None), getattr(model, "upgrade_fields", None))


def _field_type(annotation: Any, name: str) -> FieldType:
    base, marks = _split_marks(annotation)
    for mark in marks:
        if isinstance(mark, FieldType):
            return mark
    if base in _PLAIN_TYPES:
        return _PLAIN_TYPES[base]
    if dataclasses.is_dataclass(base) and isinstance(base, type):
        return derive_schema(base)
    origin, arguments = typing.get_origin(base), typing.get_args(base)
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return ListOf(_field_type(arguments[0], name), _item_key(marks))
    if origin is dict:
        for mark in marks:
            if isinstance(mark, Keys):
                return MapOf(mark.pattern, mark.hint, _field_type(arguments[1], name))
    if origin in (types.UnionType, typing.Union) and len(arguments) == 2 and arguments[1] is types.NoneType:
        return _field_type(arguments[0], name)
    raise TypeError(f"{name}: no field type for {annotation}")


def _split_marks(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(annotation) is typing.Annotated:
        base, *marks = typing.get_args(annotation)
        return base, tuple(marks)
    return annotation, ()


def _item_key(marks: tuple[Any, ...]) -> Any:
    """The function that gives the value in which a list's items differ; None if equal items are allowed."""
    for mark in marks:
        if isinstance(mark, Unique):
            return operator.attrgetter(mark.by) if mark.by else str
    return None
