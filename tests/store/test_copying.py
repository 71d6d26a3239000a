"""Copies between any two stores: identical, resumable, verified, never overwriting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from sync.canonical import digest
from sync.errors import Refused, Unavailable
from sync.store.contract import Blob, Body, Collection, Outcome, Record, Store, Write
from sync.store.copying import BATCH_SIZE, SnapshotRecord, copy_store, read_snapshot, summarize
from sync.store.open_store import open_store
from tests.support.couch_database import write_conflicting_versions
from tests.support.store_backends import COUCHES

pytestmark = pytest.mark.anyio
BODIES: list[Body] = [
    {},
    {"n": 1, "f": 1.0, "half": 0.5, "yes": True, "none": None},
    {"deep": [{"é": ["ɛ", {"a": []}]}]},
    {"text": "long " * 30_000},
]
SOUND = bytes(range(256)) * 500


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[Store]:
    """A SQLite store with records in every collection, more than a page in one."""
    store = open_store(f"sqlite:///{tmp_path / 'source.db'}")
    await store.prepare()
    for room in Collection:
        await store.write(room, [Write(f"{room.value}:{n}", body) for n, body in enumerate(BODIES)])
    await store.write(Collection.FEEDBACK, [Write(f"n{n:05}", {"n": n}) for n in range(2 * BATCH_SIZE + 7)])
    [gone] = await store.write(Collection.CONTENT, [Write("gone", {"text": "not copied"})])
    await store.write(Collection.CONTENT, [Write("gone", None, getattr(gone, "rev", ""))])
    for data in (b"", SOUND, b"x"):
        await store.put_blob(Collection.EDITIONS, Blob(digest(data), "audio/ogg", data))
    yield store
    await store.close()


@pytest.fixture
async def back(tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'back.db'}")
    await store.prepare()
    yield store
    await store.close()


async def test_there_and_back_everything_is_the_same(source: Store, store: Store, back: Store) -> None:
    copied = await copy_store(source, store)
    again = await copy_store(store, back)
    assert copied.digest == again.digest == (await summarize(source)).digest == (await summarize(back)).digest
    assert len(copied.records) == len(Collection) * len(BODIES) + 2 * BATCH_SIZE + 7
    for room in Collection:
        rows = [(record.id, record.body) for record in await source.scan(room, "", "~", 5000)]
        assert rows == [(record.id, record.body) for record in await back.scan(room, "", "~", 5000)]
    blob = await back.get_blob(Collection.EDITIONS, digest(SOUND))
    assert blob == Blob(digest(SOUND), "audio/ogg", SOUND)


class Cut:
    """A store whose connection breaks after `writes` writes."""

    def __init__(self, store: Store, writes: int) -> None:
        self._store = store
        self.left = writes
        self.written = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def write(self, room: Collection, writes: Sequence[Write]) -> list[Outcome]:
        if self.left == 0:
            raise Unavailable("store-silent", "…")
        self.left -= 1
        self.written += len(writes)
        return await self._store.write(room, writes)


async def test_a_copy_that_was_cut_goes_on(source: Store, back: Store) -> None:
    first = Cut(back, 3)
    with pytest.raises(Unavailable):
        await copy_store(source, first)  # type: ignore[arg-type]
    second = Cut(back, -1)
    summary = await copy_store(source, second)  # type: ignore[arg-type]
    assert first.written + second.written == len(summary.records)


async def test_a_finished_copy_writes_nothing_again(source: Store, back: Store) -> None:
    await copy_store(source, back)
    idle = Cut(back, 0)
    await copy_store(source, idle)  # type: ignore[arg-type]


@pytest.mark.parametrize("other", [Write("own", {}), Write("content:1", {"n": 2})])
async def test_a_target_that_holds_something_else_is_left_alone(source: Store, back: Store, other: Write) -> None:
    await back.write(Collection.CONTENT, [other])
    with pytest.raises(Refused) as refused:
        await copy_store(source, back)
    assert refused.value.code == "copy-other"
    assert [record.id for record in await back.scan(Collection.CONTENT, "", "~")] == [other.id]


async def test_what_changes_while_it_is_read_is_in_the_copy_as_it_is_at_the_end(source: Store, back: Store) -> None:
    async def change(stored: Record) -> None:
        await source.write(Collection.CONTENT, [Write(stored.id, {"changed": True}, stored.rev), Write("new", {})])
        last = await source.get(Collection.CONTENT, "content:1")
        assert last
        await source.write(Collection.CONTENT, [Write("content:1", None, last.rev)])

    changed: list[str] = []

    def progress(room: Collection, count: int) -> None:
        changed.append(room.value)

    class Changing(Cut):
        async def scan(self, room: Collection, start: str, end: str, limit: int = 1000) -> list[Record]:
            records = await self._store.scan(room, start, end, limit)
            if room is Collection.EDITIONS and not changed.count("done"):
                changed.append("done")
                record = await source.get(Collection.CONTENT, "content:0")
                assert record
                await change(record)
            return records

    await copy_store(Changing(source, -1), back, progress)  # type: ignore[arg-type]
    assert (await summarize(back)).digest == (await summarize(source)).digest
    record = await back.get(Collection.CONTENT, "content:0")
    assert record
    assert record.body == {"changed": True}
    assert await back.get(Collection.CONTENT, "content:1") is None


async def test_records_come_before_blobs(source: Store) -> None:
    kinds = [type(entry) is SnapshotRecord async for entry in read_snapshot(source)]
    assert kinds == sorted(kinds, reverse=True)


@pytest.mark.parametrize("backend", COUCHES, indirect=True)
async def test_nothing_is_chosen_among_versions(store: Store, address: str, back: Store) -> None:
    write_conflicting_versions(address, "one", "two")
    with pytest.raises(Refused) as refused:
        await copy_store(store, back)
    assert refused.value.code == "store-split"
