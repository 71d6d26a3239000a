"""The fields of every document kind as readable JSON: names in order, types, limits, defaults, cross-field checks.

    python -m tests.support.document_fields

rewrites tests/vectors/document-fields.json after an intended change.
"""

from __future__ import annotations

import dataclasses
import json
from operator import attrgetter
from typing import Any

from sync.content.schemas import DOCUMENT_TYPES, schema_of
from sync.documents.field_types import FieldType, ListOf, MapOf, Schema
from tests.support.repository import ROOT

VECTOR = ROOT / "tests/vectors/document-fields.json"


def describe_documents() -> dict[str, Any]:
    """`kinds`: kind to dataclass; `dataclasses`: each with its fields, nested ones included."""
    schemas: dict[str, Schema] = {}
    for kind in DOCUMENT_TYPES:
        _collect(schema_of(kind), schemas)
    return {
        "kinds": {kind: schema_of(kind).model.__name__ for kind in DOCUMENT_TYPES},
        "dataclasses": {name: describe_schema(schemas[name]) for name in sorted(schemas)},
    }


def describe_schema(schema: Schema) -> dict[str, Any]:
    fields = {field.name: field for field in dataclasses.fields(schema.model)}
    return {
        "has check": schema.check is not None,
        "fields": [f"{name}: {_describe(type)}{_default(fields[name])}" for name, type in schema.fields.items()],
    }


def _collect(type: FieldType, schemas: dict[str, Schema]) -> None:
    if isinstance(type, Schema):
        schemas[type.model.__name__] = type
        for field_type in type.fields.values():
            _collect(field_type, schemas)
    elif isinstance(type, ListOf):
        _collect(type.item_type, schemas)
    elif isinstance(type, MapOf):
        _collect(type.value_type, schemas)


def _describe(type: Any) -> str:
    if isinstance(type, Schema):
        return type.model.__name__
    if isinstance(type, ListOf):
        return f"list of {_describe(type.item_type)}{_uniqueness(type.key)}"
    if isinstance(type, MapOf):
        return f"map from {type.pattern} to {_describe(type.value_type)}"
    limits = {
        field.name: getattr(type, field.name)
        for field in dataclasses.fields(type)
        if field.name == "max_length" or (field.name != "hint" and getattr(type, field.name) != field.default)
    }
    return f"{type.__class__.__name__}({', '.join(f'{name}={value!r}' for name, value in limits.items())})"


def _uniqueness(key: Any) -> str:
    if isinstance(key, attrgetter):
        return f", unique by {key.__reduce__()[1][0]}"
    return ", unique" if key else ""


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return f" = {field.default!r}"
    return f" = {field.default_factory()!r}" if field.default_factory is not dataclasses.MISSING else ""


if __name__ == "__main__":
    VECTOR.write_text(json.dumps(describe_documents(), ensure_ascii=False, indent=1) + "\n", "utf-8")
