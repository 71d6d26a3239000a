"""Whether a text may be kept, and what is wrong with it: the same checks as for content files, each error beside its field or its line."""
from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.writing.records import Work
from server.writing.shelves import Snapshot
from sync import complaints
from sync.documents import crosscheck, yamltree
from sync.documents.export import as_file
from sync.documents.fields import Report
from sync.documents.folder import library_of
from sync.documents.kinds import BY_COUNTRY, KINDS, WRITTEN, from_fields, to_fields
from sync.documents.layout import path_of
from sync.documents.model import Library
from sync.documents.text import YAML_LIMIT, decoded
from sync.errors import BadContent
from sync.locale import Language

EDITED_AS_FORM = tuple(kind for kind in ("guide", "notice", "template") if kind in WRITTEN)
EDITED_AS_TEXT = ("authorities", "route", "places", "topics", "site")
KINDS_HERE = (*EDITED_AS_FORM, *EDITED_AS_TEXT)


@dataclass(frozen=True, slots=True)
class Found:
    """`field`: a field's name, "body" for the text, "" for the whole. `line`: in the text, 0 for none."""

    field: str
    line: int
    error: BadContent

    def sentence(self, language: Language, label: Callable[[str], str]) -> str:
        values = self.error.values
        if "name" in values:
            values = {**values, "name": label(str(values["name"]))}
        parts = [language(part).format_map(values) for part in (self.error.sentence, self.error.hint) if part]
        return " ".join([*([language("Ligne {line} :", line=self.line)] if self.line else []), *parts])


@dataclass(frozen=True, slots=True)
class Checked:
    """`value`: the document, None when it cannot be one. `fields`: as the store keeps them."""

    value: Any
    fields: Mapping[str, Any]
    found: tuple[Found, ...]


def check_form(work: Work, fields: Mapping[str, Any], snapshot: Snapshot) -> Checked:
    """A guide, notice or letter as fields."""
    table = WRITTEN[work.kind]
    found: list[Found] = []
    for name, given in fields.items():
        found += [Found(name, 0, error) for error in _signs(given)]
        if name in table.fields:
            found += [Found(name, 0, error) for error in _read(name, given, table.fields[name].read)]
    if found:
        return Checked(None, fields, tuple(found))
    whole = {"slug": work.slug, "lang": work.lang, **fields}
    report = Report(work.id)
    node = yamltree.tree(whole)
    value = table.read(work.kind, node, report)
    found = [Found(_field(error), 0, error) for error in report.errors]
    if not str(fields.get("body", "")).strip():
        found.append(Found("body", 0, BadContent(work.id, 0, "body-empty", "Le texte est vide.")))
    if value is None or found:
        return Checked(None, whole, tuple(found))
    return Checked(value, to_fields(work.kind, value), tuple(_together(work, value, node, snapshot)))


def check_text(work: Work, text: str, snapshot: Snapshot) -> Checked:
    """Any other document as YAML."""
    try:
        node = yamltree.parse(decoded(text.encode("utf-8", "replace"), work.id, YAML_LIMIT), work.id)
    except BadContent as error:
        return Checked(None, {}, (Found("body", error.line, error),))
    report = Report(work.id)
    value = KINDS[work.kind].read(work.kind, node, report)
    if report.errors or value is None:
        return Checked(None, {}, tuple(Found("body", error.line, error) for error in report.errors))
    if work.kind in BY_COUNTRY and value.country != work.slug:
        other = BadContent(work.id, 1, "country-other", "Le texte dit {said}, le document {named}.", said=value.country, named=work.slug)
        return Checked(None, {}, (Found("body", 1, other),))
    return Checked(value, to_fields(work.kind, value), tuple(_together(work, value, node, snapshot)))


def text_of(work: Work, fields: Mapping[str, Any]) -> str:
    """The document as its file would have it: what is shown side by side, and what YAML kinds are edited as."""
    try:
        return as_file(work.kind, from_fields(work.kind, fields, work.id)).rstrip("\n") if fields else ""
    except BadContent:
        return "\n".join(f"{name}: {value}" for name, value in fields.items())


def with_document(library: Library, kind: str, value: Any) -> Library:
    """The library as it would be with this document."""
    alone = library_of([(kind, value)])
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


def _together(work: Work, value: Any, node: yamltree.Node, snapshot: Snapshot) -> Iterable[Found]:
    """Errors between this document and the others; of complaint paths only those that were not there before."""
    path = path_of(work.kind, value)
    line = 1 if work.kind in EDITED_AS_FORM else 0
    mine = crosscheck.Parsed(work.kind, value, path, node, line)
    others = [
        crosscheck.Parsed(one.kind, one.value, path_of(one.kind, one.value), yamltree.Entries(0, {}))
        for one in snapshot.documents
        if one.kind in KINDS_HERE and one.id != work.id
    ]
    named = {(one.kind, getattr(one.value, "slug", "") or getattr(one.value, "country", "")) for one in [*others, mine]}
    for error in crosscheck.check([*others, mine], named, only=path):
        in_body = work.kind in EDITED_AS_TEXT or error.line > 0
        yield Found("body" if in_body else _field(error), error.line, error)
    if work.kind in ("template", "route", "authorities"):
        before = {(error.path, error.code, error.text()) for error in complaints.check(snapshot.library)}
        library = with_document(snapshot.library, work.kind, value)
        for error in complaints.check(library, lambda file, steps: yamltree.line_of(node, *steps) if file == path else 0):
            if (error.path, error.code, error.text()) not in before:
                yield Found("body" if error.path == path and error.line else "", error.line if error.path == path else 0, error)


def _field(error: BadContent) -> str:
    """The field that an error without a line speaks of, by its code where the sentence names none."""
    by_code = {"topic-unknown": "topics", "hole-unused": "fields", "source-undated": "sources"}
    return by_code.get(error.code) or str(error.values.get("name", "")).partition(".")[0]


def _read(name: str, given: Any, read: Callable[[str, yamltree.Node, Report], Any]) -> list[BadContent]:
    report = Report(name)
    read(name, yamltree.tree(given), report)
    return report.errors


def _signs(given: Any) -> list[BadContent]:
    """Signs that no text may hold."""
    if isinstance(given, str):
        try:
            decoded(given.encode("utf-8", "replace"), "", YAML_LIMIT)
        except BadContent as error:
            return [error]
        return []
    items = given.values() if isinstance(given, Mapping) else given if isinstance(given, (list, tuple)) else ()
    return [error for item in items for error in _signs(item)]
