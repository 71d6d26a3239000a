"""Promise 8: an erased record leaves no trace and its id can be written again; other records and blobs stay."""

from __future__ import annotations

import pytest

from sync.canonical import digest
from sync.errors import Refused
from sync.store.contract import Blob, Collection, Saved, Store, Write

pytestmark = pytest.mark.anyio
ROOM = Collection.FEEDBACK


async def test_what_is_erased_is_gone_and_can_be_written_anew(store: Store) -> None:
    await store.write(ROOM, [Write("a", {"n": 1}), Write("b", {"n": 1})])
    await store.put_blob(ROOM, Blob(digest(b"x"), "text/plain", b"x"))
    await store.erase(ROOM, ["a", "never-was"])
    assert await store.get(ROOM, "a") is None
    assert [record.id for record in await store.scan(ROOM, "", "~")] == ["b"]
    assert await store.get_blob(ROOM, digest(b"x")) is not None
    assert isinstance((await store.write(ROOM, [Write("a", {"n": 2})]))[0], Saved)
    record = await store.get(ROOM, "a")
    assert record is not None
    assert record.body == {"n": 2}


async def test_a_cursor_outlives_an_erasure(store: Store) -> None:
    await store.write(ROOM, [Write("a", {}), Write("b", {})])
    cursor = (await store.changes(ROOM)).cursor
    await store.erase(ROOM, ["a", "b"])
    cursor = (await store.changes(ROOM, cursor)).cursor
    await store.write(ROOM, [Write("c", {})])
    assert "c" in (await store.changes(ROOM, cursor)).ids


async def test_erasing_twice_and_nothing_is_fine(store: Store) -> None:
    await store.write(ROOM, [Write("a", {})])
    await store.erase(ROOM, ["a", "a"])
    await store.erase(ROOM, ["a"])
    await store.erase(ROOM, [])
    assert await store.get(ROOM, "a") is None


async def test_a_deleted_record_is_erased_too(store: Store) -> None:
    (outcome,) = await store.write(ROOM, [Write("a", {"n": 1})])
    assert isinstance(outcome, Saved)
    await store.write(ROOM, [Write("a", None, outcome.rev)])
    await store.erase(ROOM, ["a"])
    assert isinstance((await store.write(ROOM, [Write("a", {"n": 1})]))[0], Saved)


async def test_an_id_of_another_form_is_refused(store: Store) -> None:
    with pytest.raises(Refused):
        await store.erase(ROOM, ["_design/x"])


async def test_many_are_erased_at_once(store: Store) -> None:
    ids = [f"n{n}" for n in range(120)]
    await store.write(ROOM, [Write(id, {"id": id}) for id in ids])
    await store.erase(ROOM, ids[:-1])
    assert [record.id for record in await store.scan(ROOM, "", "~")] == ids[-1:]
