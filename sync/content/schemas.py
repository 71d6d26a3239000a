"""The kinds of documents with their schemas, and the way of a document to JSON (a record's `fields`) and back.

The fields themselves are declared by the dataclasses of sync/documents and sync/alerts/alert.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from sync.alerts.alert import Alert
from sync.canonical import canonical, digest
from sync.documents import model, yaml_tree
from sync.documents.field_types import ErrorReport, FieldType, Schema
from sync.documents.recommendation import Recommendation
from sync.documents.schema_derivation import Unique, derive_schema
from sync.documents.yaml_tree import MappingNode, YamlNode


@dataclass(frozen=True, slots=True)
class _TopicList:
    topics: Annotated[tuple[model.Topic, ...], Unique("slug")]


@dataclass(frozen=True, slots=True)
class _TopLevelList:
    """The list of a `schema` with one field: bare in a file, under the field's name in a record."""

    schema: Schema

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> Any:
        [(field, item_list)] = self.schema.fields.items()
        if isinstance(node, MappingNode) and list(node.entries) == [field]:
            node = node.entries[field]
        return item_list.read(name, node, report)

    def to_json(self, value: Any) -> Any:
        return {name: item_list.to_json(value) for name, item_list in self.schema.fields.items()}


MARKDOWN_SCHEMAS: Mapping[str, Schema] = {
    "guide": derive_schema(model.Guide),
    "notice": derive_schema(model.Notice),
    "template": derive_schema(model.LetterTemplate),
    "recommendation": derive_schema(Recommendation),
}
COUNTRY_SCHEMAS: Mapping[str, Schema] = {
    "authorities": derive_schema(model.Authorities),
    "route": derive_schema(model.ComplaintRoute),
    "places": derive_schema(model.Places),
}
# Tables in a Markdown file without front matter.
FORM_SCHEMAS: Mapping[str, Schema] = {"form": derive_schema(model.FormDocument)}
# Stored when an alert is sent; not part of a content folder.
ALERT_SCHEMAS: Mapping[str, Schema] = {"alert": derive_schema(Alert)}
DOCUMENT_TYPES: Mapping[str, FieldType] = {
    **MARKDOWN_SCHEMAS,
    **COUNTRY_SCHEMAS,
    **FORM_SCHEMAS,
    **ALERT_SCHEMAS,
    "topics": _TopLevelList(derive_schema(_TopicList)),
    "site": derive_schema(model.Site),
    "synonyms": derive_schema(model.Synonyms),
}


# The dataclass of each kind whose document is one.
DOCUMENT_CLASSES: Mapping[str, type[Any]] = {
    "guide": model.Guide,
    "notice": model.Notice,
    "template": model.LetterTemplate,
    "recommendation": Recommendation,
    "authorities": model.Authorities,
    "route": model.ComplaintRoute,
    "places": model.Places,
    "form": model.FormDocument,
    "alert": Alert,
    "site": model.Site,
    "synonyms": model.Synonyms,
}


def schema_of(kind: str) -> Schema:
    """The fields of a record of this kind; topics, a list, are the field `topics`."""
    document_type = DOCUMENT_TYPES[kind]
    return document_type if isinstance(document_type, Schema) else derive_schema(_TopicList)


def to_fields(kind: str, value: Any) -> dict[str, Any]:
    """The document as JSON data, defaults left out: equal documents have equal canonical bytes."""
    fields: dict[str, Any] = DOCUMENT_TYPES[kind].to_json(value)
    return fields


def from_fields(kind: str, fields: Mapping[str, Any], path: str = "") -> Any:
    """The document of `fields`: a dataclass of model.py, a tuple of Topic for "topics", or an Alert.

    Raises the first BadContent, with `path` as its path.
    """
    report = ErrorReport(path)
    value = DOCUMENT_TYPES[kind].read(kind, yaml_tree.from_json(fields), report)
    if report.errors:
        raise report.errors[0]
    return value


def fields_digest(fields: Mapping[str, Any]) -> str:
    """The digest by which an import recognizes a changed document."""
    return digest(canonical(dict(fields)))
