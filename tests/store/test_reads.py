"""Promises 5 and 6: reads of many ids, and scans in code-point order with exact bounds."""

from __future__ import annotations

import pytest

from sync.store.contract import Collection, Store, Write

pytestmark = pytest.mark.anyio
ROOM = Collection.CONTENT
IDS = [
    "-",
    ".",
    "/",
    "0",
    "9",
    ":",
    "A",
    "Z",
    "a",
    "a-b",
    "a.b",
    "a/b",
    "a:b",
    "aB",
    "a_b",
    "ab",
    "b",
    "guide:x:fr",
    "guide:x:fr-ML",
    "z",
]


async def fill(store: Store, ids: list[str]) -> None:
    await store.write(ROOM, [Write(id, {"id": id}) for id in ids])


async def scanned(store: Store, start: str, end: str, limit: int = 1000) -> list[str]:
    return [record.id for record in await store.scan(ROOM, start, end, limit)]


async def test_a_scan_is_in_code_point_order(store: Store) -> None:
    await fill(store, IDS[::-1])
    assert await scanned(store, "", "~") == sorted(IDS)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("a", "b", ["a", "a:b", "ab"]),
        ("a", "a", []),
        ("b", "a", []),
        ("a:b", "ab", ["a:b"]),
        ("a:", "a;", ["a:b"]),
        ("ab", "z", ["ab", "b"]),
        ("", "a", []),
        ("b", "\uffff", ["b", "z"]),
        ("é", "\uffff", []),
    ],
)
async def test_a_scan_has_its_start_and_not_its_end(store: Store, start: str, end: str, expected: list[str]) -> None:
    await fill(store, ["a", "a:b", "ab", "b", "z"])
    assert await scanned(store, start, end) == expected


async def test_a_scan_stops_at_its_limit_and_goes_on_from_there(store: Store) -> None:
    await fill(store, [f"n{n:04}" for n in range(250)])
    pages: list[list[str]] = []
    start = ""
    while page := await scanned(store, start, "~", 100):
        pages.append(page)
        start = page[-1] + "-"  # the next possible id
    assert [id for page in pages for id in page] == [f"n{n:04}" for n in range(250)]
    assert [len(page) for page in pages] == [100, 100, 50]  # fewer than asked only at the end
    assert await scanned(store, "", "~", 0) == []


async def test_a_long_scan_is_whole(store: Store) -> None:
    await fill(store, [f"n{n:05}" for n in range(2100)])
    assert len(await scanned(store, "", "~", 5000)) == 2100


async def test_many_ids_are_read_at_once(store: Store) -> None:
    await fill(store, [f"n{n}" for n in range(1200)])
    ids = [f"n{n}" for n in range(0, 2400, 2)] + ["n0", "", "_design/x", "_local/x", "é", "x" * 500]
    records = await store.get_many(ROOM, ids)
    assert sorted(records) == sorted(f"n{n}" for n in range(0, 1200, 2))
    assert all(record.id == id and record.body == {"id": id} for id, record in records.items())
    assert await store.get_many(ROOM, []) == {}
    assert await store.existing_ids(ROOM, ids) == records.keys()
    assert await store.existing_ids(ROOM, []) == set()


async def test_ids_that_exist_are_those_of_records_that_were_not_deleted(store: Store) -> None:
    await fill(store, ["a", "b", "c"])
    record = await store.get(ROOM, "b")
    assert record
    await store.write(ROOM, [Write("b", None, record.rev)])
    await store.erase(ROOM, ["c"])
    assert await store.existing_ids(ROOM, ["a", "a", "b", "c", "d"]) == {"a"}
    assert await store.existing_ids(Collection.EDITIONS, ["a"]) == set()


async def test_the_longest_id_is_kept(store: Store) -> None:
    await fill(store, ["x" * 240])
    assert await scanned(store, "", "~") == ["x" * 240]


async def test_rooms_do_not_mix(store: Store) -> None:
    for room in Collection:
        await store.write(room, [Write("a", {"room": room.value})])
    assert [(await store.scan(room, "", "~"))[0].body["room"] for room in Collection] == [
        room.value for room in Collection
    ]
    assert [(await store.changes(room)).ids for room in Collection] == [("a",)] * 6
