"""Checks of an edited document: the checks for content files, with each error beside its field or line.

Used by the console before a draft is saved.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.writing.draft_records import WorkingDocument
from server.writing.editor_fields import excluded_fields
from server.writing.workspace import Snapshot
from sync import complaints
from sync.alerts.library_with_alerts import Library
from sync.content import cross_check
from sync.content.export import to_file_text, to_yaml
from sync.content.layout import path_of
from sync.content.library import build_library
from sync.content.schemas import COUNTRY_SCHEMAS, DOCUMENT_TYPES, MARKDOWN_SCHEMAS, from_fields, to_fields
from sync.documents import yaml_tree
from sync.documents.field_types import ErrorReport
from sync.documents.text_decoding import YAML_LIMIT, decode_text
from sync.errors import BadContent
from sync.locale import Language

TEXT_KINDS = ("guide", "notice", "recommendation", "template")
FACT_KINDS = ("authorities", "route", "places", "topics", "site", "synonyms")
EDITABLE_KINDS = (*TEXT_KINDS, *FACT_KINDS)


@dataclass(frozen=True, slots=True)
class FieldError:
    """An error in an edited document.

    `field`: a field's name, "body" for the text, "" for the whole document. `line`: in the text, 0 for none.
    """

    field: str
    line: int
    error: BadContent

    def format_sentence(self, language: Language, label: Callable[[str], str]) -> str:
        values = self.error.values
        labels = {"name": label(str(values["name"]))} if "name" in values else {}
        position = language("Ligne {line} :", line=self.line) if self.line else ""
        return " ".join(part for part in (position, *self.error.translate(language, **labels)) if part)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a check. `value`: the document, None if invalid. `fields`: in the form in which they are stored."""

    value: Any
    fields: Mapping[str, Any]
    errors: tuple[FieldError, ...]


def check(work: WorkingDocument, fields: Mapping[str, Any], snapshot: Snapshot) -> CheckResult:
    """Check the edited fields of a document, together with those that its id implies (slug, language, country)."""
    editable = {name: value for name, value in fields.items() if name not in excluded_fields(work.kind)}
    return _check_text(work, editable, snapshot) if work.kind in TEXT_KINDS else _check_facts(work, editable, snapshot)


def _check_text(work: WorkingDocument, fields: Mapping[str, Any], snapshot: Snapshot) -> CheckResult:
    """Check a guide, notice, recommendation or letter."""
    schema = MARKDOWN_SCHEMAS[work.kind]
    errors: list[FieldError] = []
    for name, field_value in fields.items():
        errors += [FieldError(name, 0, error) for error in _character_errors(field_value)]
        if name in schema.fields:
            errors += [
                FieldError(name, 0, error) for error in _read_errors(name, field_value, schema.fields[name].read)
            ]
    if errors:
        return CheckResult(None, fields, tuple(errors))
    document_fields = {"slug": work.slug, "lang": work.lang, **fields}
    report = ErrorReport(work.id)
    node = yaml_tree.from_json(document_fields)
    value = schema.read(work.kind, node, report)
    errors = [FieldError(_field_of(error), 0, error) for error in report.errors]
    if not str(fields.get("body", "")).strip():
        errors.append(FieldError("body", 0, BadContent(work.id, 0, "body-empty", "Le texte est vide.")))
    if value is None or errors:
        return CheckResult(None, document_fields, tuple(errors))
    return CheckResult(
        value, to_fields(work.kind, value), tuple(_cross_check(work, value, node, snapshot, _error_in_text))
    )


def _check_facts(work: WorkingDocument, fields: Mapping[str, Any], snapshot: Snapshot) -> CheckResult:
    """Check a document of facts: authorities, route or places of a country, the topics, the site."""
    document_fields = {"country": work.slug, **fields} if work.kind in COUNTRY_SCHEMAS else dict(fields)
    errors = [
        FieldError(name, 0, error) for name, field_value in fields.items() for error in _character_errors(field_value)
    ]
    if errors:
        return CheckResult(None, document_fields, tuple(errors))
    node, locate = yaml_tree.from_json_with_lines(document_fields)
    report = ErrorReport(work.id)
    value = DOCUMENT_TYPES[work.kind].read(work.kind, node, report)
    if report.errors or value is None:
        return CheckResult(None, document_fields, tuple(_error_at(locate, error) for error in report.errors))
    if work.kind == "site" and work.approved and value.id != from_fields("site", work.approved).id:
        sentence = "Ce nom est dans chaque téléphone qui suit le site : il ne change plus."
        return CheckResult(
            None, document_fields, (FieldError("id", 0, BadContent(work.id, 0, "site-other", sentence)),)
        )
    if work.kind == "topics":
        node = node.entries["topics"] if isinstance(node, yaml_tree.MappingNode) and "topics" in node.entries else node
    return CheckResult(
        value,
        to_fields(work.kind, value),
        tuple(_cross_check(work, value, node, snapshot, lambda error: _error_at(locate, error))),
    )


def document_text(work: WorkingDocument, fields: Mapping[str, Any]) -> str:
    """The document as the text of its file, for comparison; YAML of the fields if they are invalid."""
    try:
        return to_file_text(work.kind, from_fields(work.kind, fields, work.id)).rstrip("\n") if fields else ""
    except BadContent:
        return to_yaml(dict(fields)).rstrip("\n")


def with_document(library: Library, kind: str, value: Any) -> Library:
    """The library with a document added or replaced."""
    addition = build_library([(kind, value)])
    changed: dict[str, Any] = {
        field.name: {**getattr(library, field.name), **getattr(addition, field.name)}
        for field in dataclasses.fields(Library)
        if isinstance(getattr(library, field.name), dict)
    }
    if kind == "site":
        changed["site"] = value
    if kind in ("topics", "synonyms"):
        changed[kind] = value
    return dataclasses.replace(library, **changed)


def _cross_check(
    work: WorkingDocument,
    value: Any,
    node: yaml_tree.YamlNode,
    snapshot: Snapshot,
    make_error: Callable[[BadContent], FieldError],
) -> Iterable[FieldError]:
    """Errors between this document and the others; errors of complaint paths only if the document adds them."""
    path = path_of(work.kind, value)
    edited = cross_check.ParsedDocument(work.kind, value, path, node, 1 if work.kind in TEXT_KINDS else 0)
    others = [
        cross_check.ParsedDocument(
            document.kind, document.value, path_of(document.kind, document.value), yaml_tree.MappingNode(0, {})
        )
        for document in snapshot.documents
        if document.kind in EDITABLE_KINDS and document.id != work.id
    ]
    ids = {
        (document.kind, getattr(document.value, "slug", "") or getattr(document.value, "country", ""))
        for document in [*others, edited]
    }
    for error in cross_check.find_errors([*others, edited], ids, only_path=path):
        yield make_error(error)
    if work.kind in ("template", "route", "authorities"):
        earlier_errors = {
            (error.path, error.code, error.text()) for error in complaints.find_path_errors(snapshot.library)
        }
        library = with_document(snapshot.library, work.kind, value)
        for error in complaints.find_path_errors(
            library, lambda file, steps: yaml_tree.line_of(node, *steps) if file == path else 0
        ):
            if (error.path, error.code, error.text()) not in earlier_errors:
                yield make_error(error) if error.path == path and error.line else FieldError("", 0, error)


def _error_in_text(error: BadContent) -> FieldError:
    return FieldError("body" if error.line else _field_of(error), error.line, error)


def _error_at(locate: Callable[[int], yaml_tree.JsonLocation], error: BadContent) -> FieldError:
    """The error beside the input at its line."""
    location = locate(error.line)
    if error.code == "field-missing":
        return FieldError(f"{location.path}.{error.values['name']}".lstrip("."), 0, error)
    if error.code == "value-twice":
        sentence = "« {text} » est deux fois dans « {name} »."
        return FieldError(
            location.path,
            0,
            BadContent(error.path, 0, error.code, sentence, name=error.values["name"], text=error.values["text"]),
        )
    return FieldError(location.path, location.line, error)


def _field_of(error: BadContent) -> str:
    """The field of an error without a line: by its code, or else by its values."""
    by_code = {"topic-unknown": "topics", "hole-unused": "fields"}
    return by_code.get(error.code) or str(error.values.get("name", "")).partition(".")[0]


def _read_errors(
    name: str, value: Any, read: Callable[[str, yaml_tree.YamlNode, ErrorReport], Any]
) -> list[BadContent]:
    report = ErrorReport(name)
    read(name, yaml_tree.from_json(value), report)
    return report.errors


def _character_errors(value: Any) -> list[BadContent]:
    """Errors for characters that no text may contain."""
    if isinstance(value, str):
        try:
            decode_text(value.encode("utf-8", "replace"), "", YAML_LIMIT)
        except BadContent as error:
            return [error]
        return []
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return [error for item in items for error in _character_errors(item)]
