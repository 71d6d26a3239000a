"""The library of a site from its documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sync.alerts.library_with_alerts import Library
from sync.content.schemas import DOCUMENT_TYPES
from sync.documents.model import Site, Synonyms


def build_library(documents: Iterable[tuple[str, Any]]) -> Library:
    """The library of (kind, document) pairs."""
    by_kind: dict[str, list[Any]] = {kind: [] for kind in DOCUMENT_TYPES}
    for kind, document in documents:
        by_kind[kind].append(document)
    return Library(
        site=next(iter(by_kind["site"]), Site()),
        topics=next(iter(by_kind["topics"]), ()),
        synonyms=next(iter(by_kind["synonyms"]), Synonyms()),
        places={document.country: document for document in by_kind["places"]},
        guides={(document.slug, document.lang): document for document in by_kind["guide"]},
        notices={(document.slug, document.lang): document for document in by_kind["notice"]},
        recommendations={(document.slug, document.lang): document for document in by_kind["recommendation"]},
        templates={(document.slug, document.lang): document for document in by_kind["template"]},
        authorities={document.country: document for document in by_kind["authorities"]},
        routes={document.country: document for document in by_kind["route"]},
        forms={document.slug: document for document in by_kind["form"]},
        alerts={document.slug: document for document in by_kind["alert"]},
    )
