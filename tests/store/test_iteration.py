"""Iteration over all records of a prefix, in order, over any number of pages and during deletions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.errors import Unavailable
from sync.store.contract import Collection, Record, Write
from sync.store.iteration import iterate_pages, iterate_range, iterate_records
from sync.store.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio
ROOM = Collection.CONTENT
IDS = [f"guide:g{n:02}:fr" for n in range(25)]
AROUND = ["guid", "guide", "guide-x", "guide.x", "guideA", "guides:x", "h"]


class Counted(SqliteStore):
    """A store that counts scans and does not answer from scan `silent_from` on."""

    scans = 0
    silent_from = 0

    async def scan(self, room: Collection, start: str, end: str, limit: int = 1000) -> list[Record]:
        self.scans += 1
        if self.silent_from and self.scans >= self.silent_from:
            raise Unavailable("store-busy", "Occupé.")
        return await super().scan(room, start, end, limit)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Counted]:
    store = Counted(tmp_path / "kunnafoni.db")
    await store.prepare()
    await store.write(ROOM, [Write(id, {"id": id}) for id in (*IDS, *AROUND)])
    yield store
    await store.close()


@pytest.mark.parametrize(("page", "scans"), [(1, 26), (7, 4), (24, 2), (25, 2), (26, 1), (1000, 1)])
async def test_all_records_of_a_prefix_come_in_order(store: Counted, page: int, scans: int) -> None:
    assert [record.id async for record in iterate_records(store, ROOM, "guide:", page_size=page)] == IDS
    assert store.scans == scans


async def test_without_a_prefix_the_whole_room_comes(store: Counted) -> None:
    assert [record.id async for record in iterate_records(store, ROOM, page_size=4)] == sorted([*IDS, *AROUND])


async def test_a_prefix_need_not_end_with_a_colon(store: Counted) -> None:
    assert [record.id async for record in iterate_records(store, ROOM, "guide:g1", page_size=3)] == IDS[10:20]


async def test_where_nothing_is_there_is_no_page(store: Counted) -> None:
    assert [page async for page in iterate_pages(store, ROOM, "notice:")] == []


async def test_pages_are_full_but_the_last(store: Counted) -> None:
    assert [len(page) async for page in iterate_pages(store, ROOM, "guide:", page_size=10)] == [10, 10, 5]


async def test_a_range_has_its_start_and_not_its_end(store: Counted) -> None:
    ids_in_range = [
        record.id async for page in iterate_range(store, ROOM, IDS[3], IDS[9], page_size=2) for record in page
    ]
    assert ids_in_range == IDS[3:9]


async def test_records_removed_meanwhile_hold_nothing_up(store: Counted) -> None:
    ids_read: list[str] = []
    async for page in iterate_pages(store, ROOM, "guide:", page_size=4):
        ids_read += [record.id for record in page]
        await store.erase(ROOM, [record.id for record in page])
        await store.write(
            ROOM, [Write(IDS[-1], None, record.rev) for record in [await store.get(ROOM, IDS[-1])] if record]
        )
    assert ids_read == IDS[:-1]
    assert [record async for record in iterate_records(store, ROOM, "guide:")] == []


async def test_records_written_meanwhile_come_when_they_lie_ahead(store: Counted) -> None:
    ids_read: list[str] = []
    async for record in iterate_records(store, ROOM, "guide:", page_size=4):
        if not ids_read:
            await store.write(ROOM, [Write("guide:a:fr", {}), Write("guide:h:fr", {})])
        ids_read.append(record.id)
    assert ids_read == [*IDS, "guide:h:fr"]


async def test_a_store_that_stops_answering_is_told(store: Counted) -> None:
    store.silent_from = 3
    ids_read: list[str] = []

    async def read() -> None:
        async for record in iterate_records(store, ROOM, "guide:", page_size=4):
            ids_read.append(record.id)

    with pytest.raises(Unavailable):
        await read()
    assert ids_read == IDS[:8]
