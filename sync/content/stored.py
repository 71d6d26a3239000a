"""Documents in the store: records of the collection `content` with `kind`, `fields` and, after an import, `imported`.

`imported` is the digest of the fields as imported: it differs from that of `fields` after an edit in a console.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sync.alerts.library_with_alerts import Library
from sync.content.folder import build_library
from sync.content.layout import SINGLETON_KINDS, document_id
from sync.content.schemas import (
    ALERT_SCHEMAS,
    COUNTRY_SCHEMAS,
    DOCUMENT_TYPES,
    FORM_SCHEMAS,
    MARKDOWN_SCHEMAS,
    fields_digest,
    from_fields,
)
from sync.documents.model import Medium
from sync.errors import BadContent
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records

WITHDRAWN = "withdrawn"
_PAGE_SIZE = 500  # records: a few megabytes at most


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document that is not withdrawn, with its record id."""

    id: str
    kind: str
    value: Any


async def read_document_records(store: Store) -> dict[str, Record]:
    """Every document record by id, including withdrawn ones."""
    records = await store.get_many(Collection.CONTENT, SINGLETON_KINDS)
    for kind in (*MARKDOWN_SCHEMAS, *COUNTRY_SCHEMAS, *FORM_SCHEMAS, *ALERT_SCHEMAS):
        records.update(
            [
                (record.id, record)
                async for record in iterate_records(store, Collection.CONTENT, f"{kind}:", page_size=_PAGE_SIZE)
            ]
        )
    return records


async def read_documents(store: Store) -> list[StoredDocument]:
    """The documents that are not withdrawn. Raises BadContent, with the id as path, for an invalid record."""
    documents = []
    for id, record in sorted((await read_document_records(store)).items()):
        if record.body.get("state") != WITHDRAWN:
            kind = str(record.body.get("kind"))
            if kind not in DOCUMENT_TYPES or id.split(":")[0] != kind:
                raise BadContent(id, 0, "kind-unknown", "Ce document n’est pas d’un genre connu.")
            documents.append(StoredDocument(id, kind, from_fields(kind, record.body.get("fields") or {}, id)))
    lang = next((document.value.lang for document in documents if document.kind == "site"), "fr")
    current = [document for document in documents if not _has_other_language(document, lang)]
    for document in current:
        if document.id != document_id(document.kind, document.value, lang):
            raise BadContent(document.id, 0, "id-other", "Ce document se dit autre que son nom.")
    return current


def _has_other_language(document: StoredDocument, site_lang: str) -> bool:
    """True for a country file of a former language of the site."""
    has_language = document.kind in COUNTRY_SCHEMAS and document.kind != "places"
    return has_language and not document.id.endswith(f":{site_lang}")


async def library_from_store(store: Store) -> Library:
    """Every document that is not withdrawn, with the images and recordings of the site."""
    library = build_library((document.kind, document.value) for document in await read_documents(store))
    return replace(library, media=await read_media(store))


async def read_media(store: Store) -> dict[str, Medium]:
    """Images and recordings by name (records `media:NAME`) that are not withdrawn."""
    records = iterate_records(store, Collection.CONTENT, "media:", page_size=_PAGE_SIZE)
    bodies = [record.body async for record in records if record.body.get("state") != WITHDRAWN]
    return {body["name"]: Medium(body["name"], body["bytes"], body["label"], body["seconds"]) for body in bodies}


def is_edited(record: Record) -> bool:
    """True if a console created this document, or changed it since its import."""
    return bool(fields_digest(record.body.get("fields") or {}) != record.body.get("imported"))
