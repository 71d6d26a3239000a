"""The dependants of a document, which its withdrawal would change: those that link to it, list it or are made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.writing.checks import FACT_KINDS, TEXT_KINDS
from server.writing.draft_records import WorkingDocument
from server.writing.workspace import Snapshot
from sync.documents.markdown import find_targets
from sync.documents.model import Site

REPLACED_KINDS = ("guide", "notice", "recommendation")
GENERAL = "ANY"  # the route of all countries


def list_dependants(work: WorkingDocument, snapshot: Snapshot) -> list[WorkingDocument]:
    """Approved documents, in the order of their ids, that would lose a link, a letter, a topic or offices."""
    return [
        other
        for other in snapshot.works.values()
        if other.id != work.id and other.main and not other.is_withdrawn and _depends_on(other, work)
    ]


def list_replacements(work: WorkingDocument, snapshot: Snapshot) -> list[WorkingDocument]:
    """Guides, notices and recommendations of the same language to which the readers of a withdrawn one may be led."""
    if work.kind not in REPLACED_KINDS:
        return []
    return [
        other
        for other in snapshot.works.values()
        if other.kind in REPLACED_KINDS
        and other.lang == work.lang
        and other.id != work.id
        and other.main
        and not other.is_withdrawn
    ]


def needs_second_person(work: WorkingDocument, dependants: list[WorkingDocument], site: Site) -> bool:
    """True for what others depend on, and for the facts of a country or of the whole site, unless nobody else is
    there.
    """
    return not site.one_person and (bool(dependants) or work.kind in FACT_KINDS)


def _depends_on(other: WorkingDocument, work: WorkingDocument) -> bool:
    fields = other.approved or {}
    if work.kind == "topics":
        return other.kind in TEXT_KINDS and bool(fields.get("topics"))
    if work.kind in ("authorities", "places"):
        return other.kind == "route" and other.slug in (work.slug, GENERAL)
    if work.kind == "template":
        return other.kind == "route" and work.slug in {*_values(fields, "template"), *_values(fields, "other_letters")}
    if other.kind == "route":
        return work.kind == "guide" and work.slug in _values(fields, "guides")
    return other.kind in TEXT_KINDS and f"{work.kind}:{work.slug}" in find_targets(str(fields.get("body", "")))


def _values(fields: Any, name: str) -> Iterator[str]:
    """The texts under this name, at any depth."""
    if isinstance(fields, Mapping):
        for key, value in fields.items():
            if key == name:
                yield from [value] if isinstance(value, str) else value
            else:
                yield from _values(value, name)
    elif isinstance(fields, (list, tuple)):
        for value in fields:
            yield from _values(value, name)
