"""Documents in the store: a record in the room `content` holds `kind`, `fields`, and `imported` where a file brought it.

`imported` is the fingerprint of the fields as the file had them: other fields than these were edited since, in a console.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sync.alerts.library import Library
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
_PAGE_SIZE = 500  # records asked at once: a few megabytes at most


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document that the store shows, with its id."""

    id: str
    kind: str
    value: Any


async def read_document_records(store: Store) -> dict[str, Record]:
    """Every document record by id, withdrawn ones too."""
    found = await store.get_many(Collection.CONTENT, SINGLETON_KINDS)
    for kind in (*MARKDOWN_SCHEMAS, *COUNTRY_SCHEMAS, *FORM_SCHEMAS, *ALERT_SCHEMAS):
        found.update(
            [
                (record.id, record)
                async for record in iterate_records(store, Collection.CONTENT, f"{kind}:", page_size=_PAGE_SIZE)
            ]
        )
    return found


async def read_documents(store: Store) -> list[StoredDocument]:
    """The documents that are not withdrawn. Raises BadContent (path: the id) for one that no longer passes the checks."""
    shown = []
    for id, record in sorted((await read_document_records(store)).items()):
        if record.body.get("state") != WITHDRAWN:
            kind = str(record.body.get("kind"))
            if kind not in DOCUMENT_TYPES or id.split(":")[0] != kind:
                raise BadContent(id, 0, "kind-unknown", "Ce document n’est pas d’un genre connu.")
            shown.append(StoredDocument(id, kind, from_fields(kind, record.body.get("fields") or {}, id)))
    lang = next((one.value.lang for one in shown if one.kind == "site"), "fr")
    ours = [
        one for one in shown if one.kind not in COUNTRY_SCHEMAS or one.kind == "places" or one.id.endswith(f":{lang}")
    ]
    for one in ours:
        if one.id != document_id(one.kind, one.value, lang):
            raise BadContent(one.id, 0, "id-other", "Ce document se dit autre que son nom.")
    return ours


async def library_from_store(store: Store) -> Library:
    """What the site publishes: every document that is not withdrawn, and what they show and sound."""
    library = build_library((one.kind, one.value) for one in await read_documents(store))
    return replace(library, media=await read_media(store))


async def read_media(store: Store) -> dict[str, Medium]:
    """Images and recordings by name: records `media:NAME`; those withdrawn are left out."""
    found = iterate_records(store, Collection.CONTENT, "media:", page_size=_PAGE_SIZE)
    shown = [record.body async for record in found if record.body.get("state") != WITHDRAWN]
    return {body["name"]: Medium(body["name"], body["bytes"], body["label"], body["seconds"]) for body in shown}


def is_edited(record: Record) -> bool:
    """Whether a console changed this document since a file brought it (or a console made it)."""
    return bool(fields_digest(record.body.get("fields") or {}) != record.body.get("imported"))
