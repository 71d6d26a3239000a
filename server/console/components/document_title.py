"""Titles of documents as the console's lists show them."""

from __future__ import annotations

from server.console.components.labels import KINDS
from server.writing.draft_records import WorkingDocument
from sync.content.layout import SINGLETON_KINDS
from sync.locale import Language


def document_title(language: Language, work: WorkingDocument) -> str:
    """A document's title; kind and country for a kind that has no titles."""
    if work.kind == "route":
        country = language("tous les pays") if work.slug == "ANY" else language.country(work.slug)
        return f"{language(KINDS['route'])} : {country}"
    return language(KINDS[work.kind]) if work.kind in SINGLETON_KINDS else work.title
