"""Documents in the store: records of the collection `content` with `kind`, `fields` and, after an import, `imported`.

`imported` is the digest of the fields as imported: it differs from that of `fields` after an edit in a console.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sync.alerts.library_with_alerts import Library
from sync.canonical import digest
from sync.content.layout import SINGLETON_KINDS, document_id
from sync.content.library import build_library
from sync.content.schemas import (
    ALERT_SCHEMAS,
    COUNTRY_SCHEMAS,
    DOCUMENT_CLASSES,
    DOCUMENT_TYPES,
    FORM_SCHEMAS,
    MARKDOWN_SCHEMAS,
    fields_digest,
    from_fields,
)
from sync.documents.checked_fields import build_document
from sync.documents.model import Medium
from sync.errors import BadContent
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records

WITHDRAWN = "withdrawn"
WITHDRAWN_ON = "withdrawn_on"  # field: the day of the withdrawal, of those in the console
REPLACED_BY = "replaced_by"  # field: the id of the document to which readers of a withdrawn one are led, or ""
WITHDRAWAL_KEYS = ("state", "withdrawn", WITHDRAWN_ON, REPLACED_BY)
_PAGE_SIZE = 500  # records: a few megabytes at most


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document that is not withdrawn, with its record id."""

    id: str
    kind: str
    value: Any


@dataclass(slots=True)
class CheckedRevisions:
    """Revisions by id of records of which a check has given the document that their plain fields give too.

    `known`: those of earlier readings by the same version of the program. `current`: those of this reading.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)

    def read(self, kind: str, record: Record) -> Any:
        """The document of a record. Raises BadContent for an invalid one."""
        fields, document_class = record.body.get("fields") or {}, DOCUMENT_CLASSES.get(kind)
        if document_class is None:
            return from_fields(kind, fields, record.id)
        if self.known.get(record.id) == record.rev:
            self.current[record.id] = record.rev
            return build_document(document_class, fields)
        value = from_fields(kind, fields, record.id)
        if _is_plain(document_class, fields, value):
            self.current[record.id] = record.rev
        return value


def _is_plain(document_class: type[Any], fields: Mapping[str, Any], value: Any) -> bool:
    try:
        return repr(build_document(document_class, fields)) == repr(value)  # 1 and 1.0 are equal, pages are not
    except (TypeError, ValueError, KeyError, AttributeError):  # fields that another form of the document has
        return False


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
    return _documents_of(await read_document_records(store), CheckedRevisions())


def _documents_of(records: Mapping[str, Record], revisions: CheckedRevisions) -> list[StoredDocument]:
    documents = []
    for id, record in sorted(records.items()):
        if record.body.get("state") != WITHDRAWN:
            kind = str(record.body.get("kind"))
            if kind not in DOCUMENT_TYPES or id.split(":")[0] != kind:
                raise BadContent(id, 0, "kind-unknown", "Ce document n’est pas d’un genre connu.")
            documents.append(StoredDocument(id, kind, revisions.read(kind, record)))
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


@dataclass(frozen=True, slots=True)
class LibraryRecords:
    """The records of which a library is made: documents, images and recordings, withdrawn ones included."""

    documents: Mapping[str, Record]
    media: tuple[Record, ...]

    @property
    def revisions(self) -> str:
        """The digest of all revisions: libraries of equal ones are equal."""
        records = sorted((record.id, record.rev) for record in (*self.documents.values(), *self.media))
        return digest("\n".join(f"{id} {rev}" for id, rev in records))

    def to_library(self, revisions: CheckedRevisions | None = None) -> Library:
        """Every document that is not withdrawn; those of known `revisions` are not checked again.

        Raises BadContent, with the id as path, for an invalid record.
        """
        return self.library_of(self.to_documents(revisions or CheckedRevisions()))

    def to_documents(self, revisions: CheckedRevisions) -> list[StoredDocument]:
        """The documents that are not withdrawn. Checks and raises as `to_library`."""
        return _documents_of(self.documents, revisions)

    def library_of(self, documents: Iterable[StoredDocument]) -> Library:
        """The library of these documents, with the images and recordings of the records."""
        library = build_library((document.kind, document.value) for document in documents)
        return replace(library, media=_media_of(self.media))


async def read_library_records(store: Store) -> LibraryRecords:
    return LibraryRecords(await read_document_records(store), tuple(await _read_media_records(store)))


async def library_from_store(store: Store) -> Library:
    """Every document that is not withdrawn, with the images and recordings of the site. Raises as `read_documents`."""
    return (await read_library_records(store)).to_library()


async def read_media(store: Store) -> dict[str, Medium]:
    """Images and recordings by name (records `media:NAME`) that are not withdrawn."""
    return _media_of(await _read_media_records(store))


async def _read_media_records(store: Store) -> list[Record]:
    records = iterate_records(store, Collection.CONTENT, "media:", page_size=_PAGE_SIZE)
    return [record async for record in records]


def _media_of(records: Iterable[Record]) -> dict[str, Medium]:
    bodies = [record.body for record in records if record.body.get("state") != WITHDRAWN]
    return {
        body["name"]: Medium(body["name"], body["bytes"], body["label"], body["seconds"], body.get("aac", ""))
        for body in bodies
        if "of" not in body
    }


def is_edited(record: Record) -> bool:
    """True if a console created this document, or changed it since its import."""
    return bool(fields_digest(record.body.get("fields") or {}) != record.body.get("imported"))
