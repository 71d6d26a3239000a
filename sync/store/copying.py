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
from sync.store.contract import Blob, Later, Record, Room, Saved, Store, Write
from sync.store.iteration import every_page
from sync.store.limits import same

PAGE = 200  # records read and written at once: a page of attachments stays within some megabytes
ROUNDS = 50  # looks for what changed meanwhile; a store that never rests is not copied


@dataclass(frozen=True, slots=True)
class Kept:
    """`late`: it changed while the store was read, and replaces what came before under its id."""

    room: Room
    record: Record
    late: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """It came before, and was deleted meanwhile."""

    room: Room
    id: str


@dataclass(frozen=True, slots=True)
class Held:
    room: Room
    blob: Blob


Entry: TypeAlias = Kept | Gone | Held


@dataclass
class Sum:
    """What a store holds: a digest for each record of each room, and the digests of blobs."""

    records: dict[tuple[Room, str], str] = field(default_factory=dict)
    blobs: set[tuple[Room, str]] = field(default_factory=set)

    def take(self, entry: Entry) -> None:
        match entry:
            case Kept(room, record):
                self.records[room, record.id] = fingerprint(record)
            case Gone(room, id):
                self.records.pop((room, id), None)
            case Held(room, blob):
                self.blobs.add((room, blob.digest))

    @property
    def digest(self) -> str:
        lines = [f"{room.value} {id} {mark}\n" for (room, id), mark in self.records.items()]
        lines += [f"{room.value} blob {name}\n" for room, name in self.blobs]
        return digest("".join(sorted(lines)))


Progress = Callable[[Room, int], None]


async def everything(store: Store) -> AsyncIterator[Entry]:
    """Every record, then what changed while they were read until nothing does, then every blob they may name.

    Raises Unavailable when the store never rests.
    """
    cursors = {room: await _end(store, room) for room in Room}
    for room in Room:
        async for record in records(store, room):
            yield Kept(room, record)
    for _ in range(ROUNDS):
        changed = [entry for room in Room for entry in await _since(store, room, cursors)]
        if not changed:
            break
        for entry in changed:
            yield entry
    else:
        raise Unavailable(
            "store-never-rests", "Le magasin de données change sans cesse.", "Arrêtez les serveurs, puis recommencez."
        )
    for room in Room:
        async for blob in blobs(store, room):
            yield Held(room, blob)


async def copy(source: Store, target: Store, progress: Progress = lambda room, count: None) -> Sum:
    """Make `target` hold what `source` holds; asked again after an interruption, it goes on. Nothing of the target's own is overwritten.

    Raises Refused when the target holds something else or the source has versions to settle, Unavailable when the target is not sure
    to have everything.
    """
    await whole(source)
    await _fits(source, target)
    taken = Sum()
    counts = dict.fromkeys(Room, 0)
    async for page in pages(everything(source)):
        for entry in page:
            taken.take(entry)
        await put(target, page)
        room = page[0].room
        counts[room] += len(page)
        progress(room, counts[room])
    found = await held(target)
    if found.digest != taken.digest:
        raise Unavailable(
            "copy-differs",
            "La copie n’est pas pareille : {there} fiches au lieu de {here}.",
            "Recommencez la même commande.",
            there=len(found.records),
            here=len(taken.records),
        )
    return taken


async def whole(store: Store) -> None:
    """Raises Refused when a record has several versions: a copy would choose among them."""
    for room in Room:
        if splits := await store.splits(room):
            raise Refused(
                "store-split",
                "{count} fiches ont deux versions, par exemple « {id} ».",
                "Réglez-les dans la console, puis recommencez.",
                count=len(splits),
                id=splits[0].id,
            )


async def held(store: Store) -> Sum:
    """What a store at rest holds."""
    found = Sum()
    for room in Room:
        async for record in records(store, room):
            found.take(Kept(room, record))
        names = [name async for name in _blob_names(store, room)]
        found.blobs |= {(room, name) for name in names}
    return found


async def records(store: Store, room: Room) -> AsyncIterator[Record]:
    async for page in every_page(store, room, page=PAGE):
        for record in page:
            yield record


async def blobs(store: Store, room: Room) -> AsyncIterator[Blob]:
    async for name in _blob_names(store, room):
        if blob := await store.get_blob(room, name):
            yield blob


def fingerprint(record: Record) -> str:
    return digest(json.dumps(_plain(record.body), ensure_ascii=False, sort_keys=True, separators=(",", ":")))


async def _blob_names(store: Store, room: Room) -> AsyncIterator[str]:
    after = ""
    while names := await store.blobs(room, after):
        for name in names:
            yield name
        after = names[-1]


async def _end(store: Store, room: Room) -> str:
    changes = await store.changes(room, None, 10_000)
    while changes.more:
        changes = await store.changes(room, changes.cursor, 10_000)
    return changes.cursor


async def _since(store: Store, room: Room, cursors: dict[Room, str]) -> list[Entry]:
    changes = await store.changes(room, cursors[room], 10_000)
    cursors[room] = changes.cursor
    now = await store.get_many(room, changes.ids)
    return [Kept(room, now[id], late=True) if id in now else Gone(room, id) for id in dict.fromkeys(changes.ids)]


async def pages(entries: AsyncIterator[Entry]) -> AsyncIterator[list[Entry]]:
    """Entries of one room and one kind together."""
    page: list[Entry] = []
    async for entry in entries:
        if page and (
            len(page) >= PAGE
            or entry.room is not page[0].room
            or type(entry) is not type(page[0])
            or isinstance(entry, Held)
        ):
            yield page
            page = []
        page.append(entry)
    if page:
        yield page


async def _fits(source: Store, target: Store) -> None:
    """Before anything is written: whatever the target holds, the source holds too."""
    for room in Room:
        async for page in every_page(target, room, page=PAGE):
            known = await source.get_many(room, [record.id for record in page])
            for record in page:
                if record.id not in known or not same(known[record.id].body, record.body):
                    other = "Le magasin de destination contient autre chose : « {id} »."
                    raise Refused("copy-other", other, "Copiez vers un magasin vide.", id=record.id)


async def put(target: Store, page: list[Entry]) -> None:
    """Entries of one room and one kind. Raises Unavailable when the target is not sure to have them."""
    room = page[0].room
    for entry in page:
        if isinstance(entry, Held):
            await target.put_blob(room, entry.blob)
    wanted: dict[str, Record | None] = {}
    for entry in page:
        if isinstance(entry, Kept):
            wanted[entry.record.id] = entry.record
        elif isinstance(entry, Gone):
            wanted[entry.id] = None
    there = await target.get_many(room, list(wanted)) if wanted else {}
    writes = list(_writes(wanted, there))
    outcomes = await target.write(room, writes) if writes else []
    if not all(isinstance(outcome, Saved) for outcome in outcomes):
        later = any(isinstance(outcome, Later) for outcome in outcomes)
        raise Unavailable(
            "copy-not-sure" if later else "copy-meanwhile",
            "La destination n’a pas tout enregistré." if later else "Quelqu’un d’autre écrit dans la destination.",
            "Recommencez la même commande : elle continue où elle s’est arrêtée.",
        )


def _writes(wanted: dict[str, Record | None], there: dict[str, Record]) -> Iterable[Write]:
    for id, record in wanted.items():
        current = there.get(id)
        if record is None:
            if current:
                yield Write(id, None, current.rev)
        elif current is None or not same(current.body, record.body):
            yield Write(id, record.body, current.rev if current else None)


def _plain(value: Any) -> Any:
    """Backends may write 1.0 as 1."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
