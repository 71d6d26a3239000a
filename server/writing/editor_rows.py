"""Adding, removing and moving rows in a form that is being edited; stores nothing. Used by the console's editor."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from server.web.request_text import parse_number
from sync.content.schemas import schema_of
from sync.documents.field_types import MAX_ITEMS, FieldType, ListOf, MapOf, Schema
from sync.errors import BadRequest, Refused

ADD, REMOVE, UP, DOWN = "add", "remove", "up", "down"
SHOW = "show"  # the form as it was posted: the browser restores rows that it kept
MAX_ROW = 999
OFFSETS = {UP: -1, DOWN: 1}


def edit_rows(kind: str, fields: Mapping[str, Any], command: str) -> tuple[dict[str, Any], str]:
    """Apply a command such as `add:harms.0.steps` or `up:harms.0.steps.2` (also `remove`, `down`, and `show` for none).

    Returns the changed fields and the name of the row to focus. A row moved beyond an end stays where it is.
    Raises BadRequest for an unknown row, Refused beyond MAX_ITEMS rows.
    """
    action, _, name = command.partition(":")
    if action == SHOW:
        return dict(fields), ""
    changed = copy.deepcopy(dict(fields))
    path = name.split(".")
    if action == ADD:
        rows, list_type = _find_rows(schema_of(kind), changed, path)
        if len(rows) >= MAX_ITEMS:
            raise Refused("list-long", "« {name} » a trop de valeurs : {most} au plus.", name=path[-1], most=MAX_ITEMS)
        rows.append({} if isinstance(list_type.item_type, Schema) else "")
        return changed, f"{name}.{len(rows) - 1}"
    rows, _form = _find_rows(schema_of(kind), changed, path[:-1])
    index = _parse_index(path[-1], rows)
    row = rows.pop(index)
    if action == REMOVE:
        return changed, ".".join(path[:-1])
    if action not in OFFSETS:
        raise _unknown_row()
    new_index = min(max(index + OFFSETS[action], 0), len(rows))
    rows.insert(new_index, row)
    return changed, ".".join([*path[:-1], str(new_index)])


def _find_rows(field_type: FieldType, value: Any, path: list[str]) -> tuple[list[Any], ListOf]:
    """The list at `path`, created if missing, and its type. Raises BadRequest if there is no list."""
    for depth, step in enumerate(path):
        is_last = depth == len(path) - 1
        if isinstance(field_type, Schema) and step in field_type.fields:
            field_type = field_type.fields[step]
            value = value.setdefault(step, [] if isinstance(field_type, ListOf) else {})
        elif isinstance(field_type, MapOf) and step in value:
            field_type, value = field_type.value_type, value[step]
        elif isinstance(field_type, ListOf) and isinstance(field_type.item_type, Schema):
            field_type, value = field_type.item_type, value[_parse_index(step, value)]
        else:
            raise _unknown_row()
        if is_last and isinstance(field_type, ListOf):
            return value, field_type
    raise _unknown_row()


def _parse_index(text: str, rows: list[Any]) -> int:
    index = parse_number(text, MAX_ROW)
    if index is None or index >= len(rows):
        raise _unknown_row()
    return index


def _unknown_row() -> BadRequest:
    return BadRequest("row-unknown", "Cette ligne n’est pas dans le formulaire.", "Rechargez la page et recommencez.")
