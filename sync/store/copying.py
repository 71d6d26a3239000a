"""One store read whole as of one moment, and copied into another: identical records and blobs, resumable, verified by count and digest.

Why by the contract alone: any backend copies to any other, and a backup is the same reading. Deleted and erased records are not copied.
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

BATCH_SIZE = 200  # records read and written at once: a page of attachments stays within some megabytes
MAX_ROUNDS = 50  # looks for what changed meanwhile; a store that never rests is not copied


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """`late`: it changed while the store was read, and replaces what came before under its id."""

    collection: Collection
    record: Record
    is_update: bool = False


@dataclass(frozen=True, slots=True)
class SnapshotDeletion:
    """It came before, and was deleted meanwhile."""

    collection: Collection
    id: str


@dataclass(frozen=True, slots=True)
class SnapshotBlob:
    collection: Collection
    blob: Blob


SnapshotEntry: TypeAlias = SnapshotRecord | SnapshotDeletion | SnapshotBlob


@dataclass
class StoreSummary:
    """What a store holds: a digest for each record of each room, and the digests of blobs."""

    records: dict[tuple[Collection, str], str] = field(default_factory=dict)
    blobs: set[tuple[Collection, str]] = field(default_factory=set)

    def add(self, entry: SnapshotEntry) -> None:
        match entry:
            case SnapshotRecord(room, record):
                self.records[room, record.id] = record_digest(record)
            case SnapshotDeletion(room, id):
                self.records.pop((room, id), None)
            case SnapshotBlob(room, blob):
                self.blobs.add((room, blob.digest))

    @property
    def digest(self) -> str:
        lines = [f"{room.value} {id} {mark}\n" for (room, id), mark in self.records.items()]
        lines += [f"{room.value} blob {name}\n" for room, name in self.blobs]
        return digest("".join(sorted(lines)))


ProgressCallback = Callable[[Collection, int], None]


async def read_snapshot(store: Store) -> AsyncIterator[SnapshotEntry]:
    """Every record, then what changed while they were read until nothing does, then every blob they may name.

    Raises Unavailable when the store never rests.
    """
    cursors = {room: await _latest_cursor(store, room) for room in Collection}
    for room in Collection:
        async for record in read_records(store, room):
            yield SnapshotRecord(room, record)
    for _ in range(MAX_ROUNDS):
        changed = [entry for room in Collection for entry in await _changed_entries(store, room, cursors)]
        if not changed:
            break
        for entry in changed:
            yield entry
    else:
        raise Unavailable(
            "store-never-rests", "Le magasin de données change sans cesse.", "Arrêtez les serveurs, puis recommencez."
        )
    for room in Collection:
        async for blob in read_blobs(store, room):
            yield SnapshotBlob(room, blob)


async def copy_store(
    source: Store, target: Store, progress: ProgressCallback = lambda room, count: None
) -> StoreSummary:
    """Make `target` hold what `source` holds; asked again after an interruption, it goes on. Nothing of the target's own is overwritten.

    Raises Refused when the target holds something else or the source has versions to settle, Unavailable when the target is not sure
    to have everything.
    """
    await require_no_conflicts(source)
    await _require_subset(source, target)
    taken = StoreSummary()
    counts = dict.fromkeys(Collection, 0)
    async for page in batches(read_snapshot(source)):
        for entry in page:
            taken.add(entry)
        await write_batch(target, page)
        room = page[0].collection
        counts[room] += len(page)
        progress(room, counts[room])
    found = await summarize(target)
    if found.digest != taken.digest:
        raise Unavailable(
            "copy-differs",
            "La copie n’est pas pareille : {there} fiches au lieu de {here}.",
            "Recommencez la même commande.",
            there=len(found.records),
            here=len(taken.records),
        )
    return taken


async def require_no_conflicts(store: Store) -> None:
    """Raises Refused when a record has several versions: a copy would choose among them."""
    for room in Collection:
        if splits := await store.conflicts(room):
            raise Refused(
                "store-split",
                "{count} fiches ont deux versions, par exemple « {id} ».",
                "Réglez-les dans la console, puis recommencez.",
                count=len(splits),
                id=splits[0].id,
            )


async def summarize(store: Store) -> StoreSummary:
    """What a store at rest holds."""
    found = StoreSummary()
    for room in Collection:
        async for record in read_records(store, room):
            found.add(SnapshotRecord(room, record))
        names = [name async for name in _iterate_digests(store, room)]
        found.blobs |= {(room, name) for name in names}
    return found


async def read_records(store: Store, collection: Collection) -> AsyncIterator[Record]:
    async for page in iterate_pages(store, collection, page_size=BATCH_SIZE):
        for record in page:
            yield record


async def read_blobs(store: Store, collection: Collection) -> AsyncIterator[Blob]:
    async for name in _iterate_digests(store, collection):
        if blob := await store.get_blob(collection, name):
            yield blob


def record_digest(record: Record) -> str:
    return digest(json.dumps(_normalize(record.body), ensure_ascii=False, sort_keys=True, separators=(",", ":")))


async def _iterate_digests(store: Store, room: Collection) -> AsyncIterator[str]:
    after = ""
    while names := await store.blob_digests(room, after):
        for name in names:
            yield name
        after = names[-1]


async def _latest_cursor(store: Store, room: Collection) -> str:
    changes = await store.changes(room, None, 10_000)
    while changes.more:
        changes = await store.changes(room, changes.cursor, 10_000)
    return changes.cursor


async def _changed_entries(store: Store, room: Collection, cursors: dict[Collection, str]) -> list[SnapshotEntry]:
    changes = await store.changes(room, cursors[room], 10_000)
    cursors[room] = changes.cursor
    now = await store.get_many(room, changes.ids)
    return [
        SnapshotRecord(room, now[id], is_update=True) if id in now else SnapshotDeletion(room, id)
        for id in dict.fromkeys(changes.ids)
    ]


async def batches(entries: AsyncIterator[SnapshotEntry]) -> AsyncIterator[list[SnapshotEntry]]:
    """Entries of one room and one kind together."""
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
    """Before anything is written: whatever the target holds, the source holds too."""
    for room in Collection:
        async for page in iterate_pages(target, room, page_size=BATCH_SIZE):
            known = await source.get_many(room, [record.id for record in page])
            for record in page:
                if record.id not in known or not json_equal(known[record.id].body, record.body):
                    other = "Le magasin de destination contient autre chose : « {id} »."
                    raise Refused("copy-other", other, "Copiez vers un magasin vide.", id=record.id)


async def write_batch(target: Store, page: list[SnapshotEntry]) -> None:
    """Entries of one room and one kind. Raises Unavailable when the target is not sure to have them."""
    room = page[0].collection
    for entry in page:
        if isinstance(entry, SnapshotBlob):
            await target.put_blob(room, entry.blob)
    wanted: dict[str, Record | None] = {}
    for entry in page:
        if isinstance(entry, SnapshotRecord):
            wanted[entry.record.id] = entry.record
        elif isinstance(entry, SnapshotDeletion):
            wanted[entry.id] = None
    there = await target.get_many(room, list(wanted)) if wanted else {}
    writes = list(_required_writes(wanted, there))
    outcomes = await target.write(room, writes) if writes else []
    if not all(isinstance(outcome, Saved) for outcome in outcomes):
        later = any(isinstance(outcome, NotDurable) for outcome in outcomes)
        raise Unavailable(
            "copy-not-sure" if later else "copy-meanwhile",
            "La destination n’a pas tout enregistré." if later else "Quelqu’un d’autre écrit dans la destination.",
            "Recommencez la même commande : elle continue où elle s’est arrêtée.",
        )


def _required_writes(expected: dict[str, Record | None], there: dict[str, Record]) -> Iterable[Write]:
    for id, record in expected.items():
        current = there.get(id)
        if record is None:
            if current:
                yield Write(id, None, current.rev)
        elif current is None or not json_equal(current.body, record.body):
            yield Write(id, record.body, current.rev if current else None)


def _normalize(value: Any) -> Any:
    """Backends may write 1.0 as 1."""
    if isinstance(value, dict):
        return {key: _normalize(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normalize(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
