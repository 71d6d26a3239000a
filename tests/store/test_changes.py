"""Promise 7: every id written or deleted after the cursor, at least once; a wait ends at the next change."""

from __future__ import annotations

import asyncio

import pytest

from sync.canonical import digest
from sync.errors import Refused
from sync.store.contract import Blob, Collection, Saved, Store, Write
from sync.store.open_store import open_store

pytestmark = pytest.mark.anyio
ROOM = Collection.JOURNAL


async def put(store: Store, *ids: str) -> None:
    await store.write(ROOM, [Write(id, {"id": id}) for id in ids])


async def test_nothing_written_nothing_changed(store: Store) -> None:
    changes = await store.changes(ROOM)
    assert (changes.ids, changes.more) == ((), False)
    assert (await store.changes(ROOM, changes.cursor)).ids == ()


async def test_changes_start_after_the_cursor(store: Store) -> None:
    await put(store, "a", "b")
    first = await store.changes(ROOM)
    assert sorted(first.ids) == ["a", "b"]
    await put(store, "c")
    second = await store.changes(ROOM, first.cursor)
    assert (second.ids, second.more) == (("c",), False)
    assert (await store.changes(ROOM, second.cursor)).ids == ()


async def test_edits_and_deletions_are_changes(store: Store) -> None:
    a, b = await store.write(ROOM, [Write("a", {"n": 1}), Write("b", {"n": 1})])
    assert isinstance(a, Saved)
    assert isinstance(b, Saved)
    cursor = (await store.changes(ROOM)).cursor
    await store.write(ROOM, [Write("a", None, a.rev)])
    changes = await store.changes(ROOM, cursor)
    assert changes.ids == ("a",)
    await store.write(ROOM, [Write("b", {"n": 2}, b.rev)])
    assert (await store.changes(ROOM, changes.cursor)).ids == ("b",)
    assert sorted((await store.changes(ROOM)).ids) == ["a", "b"]


async def shown(store: Store, *ids: str) -> None:
    """Write the ids and wait until the changes name them all, which takes a moment on a cluster."""
    await put(store, *ids)
    while len((page := await store.changes(ROOM)).ids) < len(ids):
        await store.wait_for_changes(ROOM, page.cursor, 0.1)


async def test_changes_come_in_pages_that_say_whether_more_follow(store: Store) -> None:
    await shown(store, *(f"n{n}" for n in range(25)))
    ids_read: list[str] = []
    cursor: str | None = None
    mores = []
    for _ in range(3):
        page = await store.changes(ROOM, cursor, 10)
        ids_read.extend(page.ids)
        cursor = page.cursor
        mores.append(page.more)
    assert mores == [True, True, False]
    assert sorted(ids_read) == sorted(f"n{n}" for n in range(25))


async def test_a_full_last_page_says_that_nothing_follows(store: Store) -> None:
    await shown(store, *(f"n{n}" for n in range(10)))
    page = await store.changes(ROOM, None, 10)
    assert (len(page.ids), page.more) == (10, False)


async def test_blobs_are_no_changes(store: Store) -> None:
    await put(store, "a")
    for n in range(5):
        await store.put_blob(ROOM, Blob(digest(f"{n}"), "text/plain", f"{n}".encode()))
    await put(store, "z")
    ids_read: list[str] = []
    cursor: str | None = None
    more = True
    while more:
        page = await store.changes(ROOM, cursor, 1)
        assert len(page.ids) <= 1
        ids_read, cursor, more = [*ids_read, *page.ids], page.cursor, page.more
    assert sorted(ids_read) == ["a", "z"]
    assert [record.id for record in await store.scan(ROOM, "", "\uffff")] == ["a", "z"]


async def test_a_stale_write_changes_nothing(store: Store) -> None:
    await put(store, "a")
    before = await store.get(ROOM, "a")
    cursor = (await store.changes(ROOM)).cursor
    await store.write(ROOM, [Write("a", {"n": 2})])
    assert await store.get(ROOM, "a") == before
    assert set((await store.changes(ROOM, cursor)).ids) <= {
        "a"
    }  # a cluster may name again what a second node has just got


@pytest.mark.parametrize("cursor", ["", "now", "-1", "12; DROP", "²", "9" * 40 + "-x y"])
async def test_a_cursor_from_elsewhere_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(Refused) as refusal:
        await store.changes(ROOM, cursor)
    assert refusal.value.code == "store-cursor"


async def waited(store: Store, cursor: str, timeout: float = 20.0) -> float:
    start = asyncio.get_running_loop().time()
    await store.wait_for_changes(ROOM, cursor, timeout)
    return asyncio.get_running_loop().time() - start


async def test_a_wait_without_news_ends_in_time(store: Store) -> None:
    cursor = (await store.changes(ROOM)).cursor
    assert 0.3 <= await waited(store, cursor, 0.3) < 3
    assert await waited(store, cursor, 0) < 3


async def test_a_wait_for_what_is_there_already_ends_at_once(store: Store) -> None:
    cursor = (await store.changes(ROOM)).cursor
    await put(store, "a")
    assert await waited(store, cursor) < 3


async def test_a_write_here_wakes(store: Store) -> None:
    cursor = (await store.changes(ROOM)).cursor
    waits = [asyncio.create_task(waited(store, cursor)) for _ in range(3)]
    await asyncio.sleep(0.05)
    await put(store, "a")
    assert max(await asyncio.gather(*waits)) < 3


async def test_a_write_elsewhere_wakes(store: Store, other: Store) -> None:
    cursor = (await store.changes(ROOM)).cursor
    wait = asyncio.create_task(waited(store, cursor))
    await asyncio.sleep(0.05)
    await put(other, "a")
    assert await wait < 5
    assert (await store.changes(ROOM, cursor)).ids == ("a",)


async def test_another_rooms_writes_do_not_wake(store: Store) -> None:
    cursor = (await store.changes(ROOM)).cursor
    wait = asyncio.create_task(waited(store, cursor, 0.7))
    await asyncio.sleep(0.05)
    await store.write(Collection.PUSH, [Write("a", {})])
    assert await wait >= 0.7


async def test_closing_ends_waits(address: str) -> None:
    store = open_store(address)
    await store.prepare()
    cursor = (await store.changes(ROOM)).cursor
    wait = asyncio.create_task(waited(store, cursor))
    await asyncio.sleep(0.05)
    await store.close()
    assert await wait < 3
