"""Snapshots of a store, and resumable copies of one store into another, verified by count and digest.

Built on the store contract alone, so any backend copies to any other and a backup reads the same snapshot. Deleted and
erased records are not copied. Used by `kunnafoni copy` and by backups.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sync.canonical import digest
from sync.errors import Refused, Unavailable
from sync.store.contract import Blob, Collection, NotDurable, Record, Saved, Store, Write
from sync.store.iteration import iterate_pages
from sync.store.limits import json_equal
from sync.store.local_records import is_local

BATCH_SIZE = 200  # records read and written at once: a page of attachment pieces stays within some megabytes
MAX_ROUNDS = 50  # of reading concurrent changes; a store that never rests is not copied


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """A record as read; a later entry, written because the record changed meanwhile, replaces an earlier one."""

    collection: Collection
    record: Record


@dataclass(frozen=True, slots=True)
class SnapshotDeletion:
    """The record with this id was in an earlier entry and has been deleted since."""

    collection: Collection
    id: str


@dataclass(frozen=True, slots=True)
class SnapshotBlob:
    collection: Collection
    blob: Blob


SnapshotEntry: TypeAlias = SnapshotRecord | SnapshotDeletion | SnapshotBlob


@dataclass
class StoreSummary:
    """Digests of all records and blobs of a store, by collection."""

    records: dict[tuple[Collection, str], str] = field(default_factory=dict)
    blobs: set[tuple[Collection, str]] = field(default_factory=set)

    def add(self, entry: SnapshotEntry) -> None:
        match entry:
            case SnapshotRecord(collection, record):
                self.records[collection, record.id] = record_digest(record)
            case SnapshotDeletion(collection, id):
                self.records.pop((collection, id), None)
            case SnapshotBlob(collection, blob):
                self.blobs.add((collection, blob.digest))

    @property
    def digest(self) -> str:
        lines = [f"{collection.value} {id} {value}\n" for (collection, id), value in self.records.items()]
        lines += [f"{collection.value} blob {blob_digest}\n" for collection, blob_digest in self.blobs]
        return digest("".join(sorted(lines)))


ProgressCallback = Callable[[Collection, int], None]


async def read_snapshot(store: Store) -> AsyncIterator[SnapshotEntry]:
    """All records, then the changes made meanwhile until there are none, then all blobs.

    Raises Unavailable if the store keeps changing.
    """
    cursors = {collection: await _latest_cursor(store, collection) for collection in Collection}
    for collection in Collection:
        async for record in read_records(store, collection):
            yield SnapshotRecord(collection, record)
    for _ in range(MAX_ROUNDS):
        changed = [entry for collection in Collection for entry in await _changed_entries(store, collection, cursors)]
        if not changed:
            break
        for entry in changed:
            yield entry
    else:
        raise Unavailable(
            "store-never-rests", "Le magasin de données change sans cesse.", "Arrêtez les serveurs, puis recommencez."
        )
    for collection in Collection:
        async for blob in read_blobs(store, collection):
            yield SnapshotBlob(collection, blob)


async def copy_store(
    source: Store, target: Store, progress: ProgressCallback = lambda collection, count: None
) -> StoreSummary:
    """Copy `source` into `target`; a repeated call resumes an interrupted copy.

    Raises Refused if the target has other records than the source, or if the source has conflicts; raises Unavailable
    if the target does not have everything afterwards.
    """
    await require_no_conflicts(source)
    await _require_subset(source, target)
    summary = StoreSummary()
    counts = dict.fromkeys(Collection, 0)
    async for page in batches(read_snapshot(source)):
        for entry in page:
            summary.add(entry)
        await write_batch(target, page)
        collection = page[0].collection
        counts[collection] += len(page)
        progress(collection, counts[collection])
    copied = await summarize(target)
    if copied.digest != summary.digest:
        raise Unavailable(
            "copy-differs",
            "La copie n’est pas pareille : {there} fiches au lieu de {here}.",
            "Recommencez la même commande.",
            there=len(copied.records),
            here=len(summary.records),
        )
    return summary


async def require_no_conflicts(store: Store) -> None:
    """Raise Refused if a record has several versions: a copy would silently choose one of them."""
    for collection in Collection:
        conflicts = await store.conflicts(collection)
        if any(not is_local(collection, split.id) for split in conflicts):
            raise Refused(
                "store-split",
                "{count} fiches ont deux versions, par exemple « {id} ».",
                "Réglez-les dans la console, puis recommencez.",
                count=len(conflicts),
                id=conflicts[0].id,
            )


async def summarize(store: Store) -> StoreSummary:
    """The summary of a store that nobody writes to meanwhile."""
    summary = StoreSummary()
    for collection in Collection:
        async for record in read_records(store, collection):
            summary.add(SnapshotRecord(collection, record))
        blob_digests = [blob_digest async for blob_digest in _iterate_digests(store, collection)]
        summary.blobs |= {(collection, blob_digest) for blob_digest in blob_digests}
    return summary


async def read_records(store: Store, collection: Collection) -> AsyncIterator[Record]:
    """The records of a collection that copies carry."""
    async for page in iterate_pages(store, collection, page_size=BATCH_SIZE):
        for record in page:
            if not is_local(collection, record.id):
                yield record


async def read_blobs(store: Store, collection: Collection) -> AsyncIterator[Blob]:
    async for blob_digest in _iterate_digests(store, collection):
        if blob := await store.get_blob(collection, blob_digest):
            yield blob


def record_digest(record: Record) -> str:
    return digest(json.dumps(_normalize(record.body), ensure_ascii=False, sort_keys=True, separators=(",", ":")))


async def _iterate_digests(store: Store, collection: Collection) -> AsyncIterator[str]:
    after = ""
    while page := await store.blob_digests(collection, after):
        for blob_digest in page:
            yield blob_digest
        after = page[-1]


async def _latest_cursor(store: Store, collection: Collection) -> str:
    changes = await store.changes(collection, None, 10_000)
    while changes.more:
        changes = await store.changes(collection, changes.cursor, 10_000)
    return changes.cursor


async def _changed_entries(store: Store, collection: Collection, cursors: dict[Collection, str]) -> list[SnapshotEntry]:
    changes = await store.changes(collection, cursors[collection], 10_000)
    cursors[collection] = changes.cursor
    records = await store.get_many(collection, changes.ids)
    return [
        SnapshotRecord(collection, records[id]) if id in records else SnapshotDeletion(collection, id)
        for id in dict.fromkeys(changes.ids)
        if not is_local(collection, id)
    ]


async def batches(entries: AsyncIterator[SnapshotEntry]) -> AsyncIterator[list[SnapshotEntry]]:
    """Group consecutive entries of one collection and one type; each blob is a batch of its own."""
    page: list[SnapshotEntry] = []
    async for entry in entries:
        if page and (
            len(page) >= BATCH_SIZE
            or entry.collection is not page[0].collection
            or type(entry) is not type(page[0])
            or isinstance(entry, SnapshotBlob)
        ):
            yield page
            page = []
        page.append(entry)
    if page:
        yield page


async def _require_subset(source: Store, target: Store) -> None:
    """Raise Refused if the target has a record that the source has not."""
    for collection in Collection:
        async for page in iterate_pages(target, collection, page_size=BATCH_SIZE):
            records = await source.get_many(collection, [record.id for record in page])
            for record in page:
                if is_local(collection, record.id):
                    continue
                if record.id not in records or not json_equal(records[record.id].body, record.body):
                    other = "Le magasin de destination contient autre chose : « {id} »."
                    raise Refused("copy-other", other, "Copiez vers un magasin vide.", id=record.id)


async def write_batch(target: Store, page: list[SnapshotEntry]) -> None:
    """Write entries of one collection and one type. Raises Unavailable if one is not durable or not current."""
    collection = page[0].collection
    for entry in page:
        if isinstance(entry, SnapshotBlob):
            await target.put_blob(collection, entry.blob)
    expected: dict[str, Record | None] = {}
    for entry in page:
        if isinstance(entry, SnapshotRecord):
            expected[entry.record.id] = entry.record
        elif isinstance(entry, SnapshotDeletion):
            expected[entry.id] = None
    existing = await target.get_many(collection, list(expected)) if expected else {}
    writes = list(_required_writes(expected, existing))
    outcomes = await target.write(collection, writes) if writes else []
    if not all(isinstance(outcome, Saved) for outcome in outcomes):
        is_not_durable = any(isinstance(outcome, NotDurable) for outcome in outcomes)
        raise Unavailable(
            "copy-not-sure" if is_not_durable else "copy-meanwhile",
            "La destination n’a pas tout enregistré."
            if is_not_durable
            else "Quelqu’un d’autre écrit dans la destination.",
            "Recommencez la même commande : elle continue où elle s’est arrêtée.",
        )


def _required_writes(expected: dict[str, Record | None], existing: dict[str, Record]) -> Iterable[Write]:
    for id, record in expected.items():
        current = existing.get(id)
        if record is None:
            if current:
                yield Write(id, None, current.rev)
        elif current is None or not json_equal(current.body, record.body):
            yield Write(id, record.body, current.rev if current else None)


def _normalize(value: Any) -> Any:
    """Write whole floats as integers, because backends may store 1.0 as 1."""
    if isinstance(value, dict):
        return {key: _normalize(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normalize(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
