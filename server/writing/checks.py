"""Whether a text may be kept, and what is wrong with it: the same checks as for content files, each error beside its field or its line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.writing.draft_records import WorkingDocument
from server.writing.editor_fields import excluded_fields
from server.writing.workspace import Snapshot
from sync import complaints
from sync.alerts.library import Library
from sync.content import cross_check
from sync.content.export import to_file_text, to_yaml
from sync.content.folder import build_library
from sync.content.layout import path_of
from sync.content.schemas import COUNTRY_SCHEMAS, DOCUMENT_TYPES, MARKDOWN_SCHEMAS, from_fields, to_fields
from sync.documents import yaml_tree
from sync.documents.field_types import ErrorReport
from sync.documents.text_decoding import YAML_LIMIT, decode_text
from sync.errors import BadContent
from sync.locale import Language

TEXT_KINDS = ("guide", "notice", "template")
FACT_KINDS = ("authorities", "route", "places", "topics", "site")
EDITABLE_KINDS = (*TEXT_KINDS, *FACT_KINDS)


@dataclass(frozen=True, slots=True)
class FieldError:
    """`field`: a field's name, "body" for the text, "" for the whole. `line`: in the text, 0 for none."""

    field: str
    line: int
    error: BadContent

    def format_sentence(self, language: Language, label: Callable[[str], str]) -> str:
        values = self.error.values
        if "name" in values:
            values = {**values, "name": label(str(values["name"]))}
        parts = [language(part).format_map(values) for part in (self.error.sentence, self.error.hint) if part]
        return " ".join([*([language("Ligne {line} :", line=self.line)] if self.line else []), *parts])


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`value`: the document, None when it cannot be one. `fields`: as the store keeps them."""

    value: Any
    fields: Mapping[str, Any]
    errors: tuple[FieldError, ...]


def check(work: WorkingDocument, fields: Mapping[str, Any], snapshot: Snapshot) -> CheckResult:
    """The document that `fields` make, with what its address says of it."""
    given = {name: value for name, value in fields.items() if name not in excluded_fields(work.kind)}
    return _check_text(work, given, snapshot) if work.kind in TEXT_KINDS else _check_facts(work, given, snapshot)


def _check_text(work: WorkingDocument, fields: Mapping[str, Any], snapshot: Snapshot) -> CheckResult:
    """A guide, notice or letter."""
    table = MARKDOWN_SCHEMAS[work.kind]
    found: list[FieldError] = []
    for name, given in fields.items():
        found += [FieldError(name, 0, error) for error in _character_errors(given)]
        if name in table.fields:
            found += [FieldError(name, 0, error) for error in _read_errors(name, given, table.fields[name].read)]
    if found:
        return CheckResult(None, fields, tuple(found))
    whole = {"slug": work.slug, "lang": work.lang, **fields}
    report = ErrorReport(work.id)
    node = yaml_tree.from_json(whole)
    value = table.read(work.kind, node, report)
    found = [FieldError(_field_of(error), 0, error) for error in report.errors]
    if not str(fields.get("body", "")).strip():
        found.append(FieldError("body", 0, BadContent(work.id, 0, "body-empty", "Le texte est vide.")))
    if value is None or found:
        return CheckResult(None, whole, tuple(found))
    return CheckResult(
        value, to_fields(work.kind, value), tuple(_cross_check(work, value, node, snapshot, _error_in_text))
    )


def _check_facts(work: WorkingDocument, fields: Mapping[str, Any], snapshot: Snapshot) -> CheckResult:
    """A country's offices, paths or places, the topics, the site: many small facts, each error beside its own."""
    whole = {"country": work.slug, **fields} if work.kind in COUNTRY_SCHEMAS else dict(fields)
    found = [FieldError(name, 0, error) for name, given in fields.items() for error in _character_errors(given)]
    if found:
        return CheckResult(None, whole, tuple(found))
    node, spot = yaml_tree.from_json_with_lines(whole)
    report = ErrorReport(work.id)
    value = DOCUMENT_TYPES[work.kind].read(work.kind, node, report)
    if report.errors or value is None:
        return CheckResult(None, whole, tuple(_error_at(spot, error) for error in report.errors))
    if work.kind == "site" and work.approved and value.id != from_fields("site", work.approved).id:
        sentence = "Ce nom est dans chaque téléphone qui suit le site : il ne change plus."
        return CheckResult(None, whole, (FieldError("id", 0, BadContent(work.id, 0, "site-other", sentence)),))
    if work.kind == "topics":
        node = node.entries["topics"] if isinstance(node, yaml_tree.MappingNode) and "topics" in node.entries else node
    return CheckResult(
        value,
        to_fields(work.kind, value),
        tuple(_cross_check(work, value, node, snapshot, lambda error: _error_at(spot, error))),
    )


def document_text(work: WorkingDocument, fields: Mapping[str, Any]) -> str:
    """The document as its file would have it: what is shown side by side."""
    try:
        return to_file_text(work.kind, from_fields(work.kind, fields, work.id)).rstrip("\n") if fields else ""
    except BadContent:
        return to_yaml(dict(fields)).rstrip("\n")


def with_document(library: Library, kind: str, value: Any) -> Library:
    """The library as it would be with this document."""
    alone = build_library([(kind, value)])
    changed: dict[str, Any] = {
        field.name: {**getattr(library, field.name), **getattr(alone, field.name)}
        for field in dataclasses.fields(Library)
        if isinstance(getattr(library, field.name), dict)
    }
    if kind == "site":
        changed["site"] = value
    if kind == "topics":
        changed["topics"] = value
    return dataclasses.replace(library, **changed)


def _cross_check(
    work: WorkingDocument,
    value: Any,
    node: yaml_tree.YamlNode,
    snapshot: Snapshot,
    make_error: Callable[[BadContent], FieldError],
) -> Iterable[FieldError]:
    """Errors between this document and the others; of complaint paths only those that were not there before."""
    path = path_of(work.kind, value)
    mine = cross_check.ParsedDocument(work.kind, value, path, node, 1 if work.kind in TEXT_KINDS else 0)
    others = [
        cross_check.ParsedDocument(one.kind, one.value, path_of(one.kind, one.value), yaml_tree.MappingNode(0, {}))
        for one in snapshot.documents
        if one.kind in EDITABLE_KINDS and one.id != work.id
    ]
    named = {(one.kind, getattr(one.value, "slug", "") or getattr(one.value, "country", "")) for one in [*others, mine]}
    for error in cross_check.find_errors([*others, mine], named, only_path=path):
        yield make_error(error)
    if work.kind in ("template", "route", "authorities"):
        before = {(error.path, error.code, error.text()) for error in complaints.find_path_errors(snapshot.library)}
        library = with_document(snapshot.library, work.kind, value)
        for error in complaints.find_path_errors(
            library, lambda file, steps: yaml_tree.line_of(node, *steps) if file == path else 0
        ):
            if (error.path, error.code, error.text()) not in before:
                yield make_error(error) if error.path == path and error.line else FieldError("", 0, error)


def _error_in_text(error: BadContent) -> FieldError:
    return FieldError("body" if error.line else _field_of(error), error.line, error)


def _error_at(spot: Callable[[int], yaml_tree.JsonLocation], error: BadContent) -> FieldError:
    """The error beside the input that it speaks of."""
    at = spot(error.line)
    if error.code == "field-missing":
        return FieldError(f"{at.path}.{error.values['name']}".lstrip("."), 0, error)
    if error.code == "value-twice":
        sentence = "« {text} » est deux fois dans « {name} »."
        return FieldError(
            at.path,
            0,
            BadContent(error.path, 0, error.code, sentence, name=error.values["name"], text=error.values["text"]),
        )
    return FieldError(at.path, at.line, error)


def _field_of(error: BadContent) -> str:
    """The field that an error without a line speaks of, by its code where the sentence names none."""
    by_code = {"topic-unknown": "topics", "hole-unused": "fields", "source-undated": "sources"}
    return by_code.get(error.code) or str(error.values.get("name", "")).partition(".")[0]


def _read_errors(
    name: str, given: Any, read: Callable[[str, yaml_tree.YamlNode, ErrorReport], Any]
) -> list[BadContent]:
    report = ErrorReport(name)
    read(name, yaml_tree.from_json(given), report)
    return report.errors


def _character_errors(given: Any) -> list[BadContent]:
    """Signs that no text may hold."""
    if isinstance(given, str):
        try:
            decode_text(given.encode("utf-8", "replace"), "", YAML_LIMIT)
        except BadContent as error:
            return [error]
        return []
    items = given.values() if isinstance(given, Mapping) else given if isinstance(given, (list, tuple)) else ()
    return [error for item in items for error in _character_errors(item)]
