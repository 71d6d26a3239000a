"""Rows added, removed and moved in a form that is being written: the fields with the row where it was asked. Nothing is kept here."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from sync.content.schemas import schema_of
from sync.documents.field_types import MAX_ITEMS, FieldType, ListOf, MapOf, Schema
from sync.errors import BadRequest, Refused

ADD, REMOVE, UP, DOWN = "add", "remove", "up", "down"
OFFSETS = {UP: -1, DOWN: 1}


def edit_rows(kind: str, fields: Mapping[str, Any], command: str) -> tuple[dict[str, Any], str]:
    """`asked`: `add:harms.0.steps`, or `up:harms.0.steps.2` (remove, down). The fields, and the name of the row to look at now.

    A row that is moved beyond an end stays. Raises BadRequest for what this kind of document has not, Refused for one row too many.
    """
    deed, _, name = command.partition(":")
    changed = copy.deepcopy(dict(fields))
    path = name.split(".")
    if deed == ADD:
        rows, form = _find_rows(schema_of(kind), changed, path)
        if len(rows) >= MAX_ITEMS:
            raise Refused("list-long", "« {name} » a trop de valeurs : {most} au plus.", name=path[-1], most=MAX_ITEMS)
        rows.append({} if isinstance(form.item_type, Schema) else "")
        return changed, f"{name}.{len(rows) - 1}"
    rows, _form = _find_rows(schema_of(kind), changed, path[:-1])
    index = _parse_index(path[-1], rows)
    row = rows.pop(index)
    if deed == REMOVE:
        return changed, ".".join(path[:-1])
    if deed not in OFFSETS:
        raise _unknown_row()
    there = min(max(index + OFFSETS[deed], 0), len(rows))
    rows.insert(there, row)
    return changed, ".".join([*path[:-1], str(there)])


def _find_rows(form: FieldType, held: Any, path: list[str]) -> tuple[list[Any], ListOf]:
    """The list that `path` leads to, made where the form had none."""
    for at, step in enumerate(path):
        last = at == len(path) - 1
        if isinstance(form, Schema) and step in form.fields:
            form = form.fields[step]
            held = held.setdefault(step, [] if isinstance(form, ListOf) else {})
        elif isinstance(form, MapOf) and step in held:
            form, held = form.value_type, held[step]
        elif isinstance(form, ListOf) and isinstance(form.item_type, Schema):
            form, held = form.item_type, held[_parse_index(step, held)]
        else:
            raise _unknown_row()
        if last and isinstance(form, ListOf):
            return held, form
    raise _unknown_row()


def _parse_index(text: str, rows: list[Any]) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(rows)):
        raise _unknown_row()
    return int(text)


def _unknown_row() -> BadRequest:
    return BadRequest("row-unknown", "Cette ligne n’est pas dans le formulaire.", "Rechargez la page et recommencez.")
