"""Following a collection: one turn at once and one after every change, from a cursor that survives failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.errors import Unavailable
from sync.store.contract import Collection, Write
from sync.store.following import Follower
from sync.store.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio
ROOM = Collection.CONTENT
LONG = 600.0  # seconds that no test waits for


class Faulty(SqliteStore):
    """A store whose next `faults` waits raise Unavailable."""

    faults = 0

    async def wait_for_changes(self, room: Collection, cursor: str, timeout: float) -> None:
        if self.faults:
            self.faults -= 1
            raise Unavailable("store-busy", "Occupé.")
        await super().wait_for_changes(room, cursor, timeout)


class Reading:
    """A handler that records ids and cursors; its next `failures` turns fail after reading."""

    def __init__(self, store: SqliteStore, longest: float = LONG) -> None:
        self.store = store
        self.longest = longest
        self.failures: list[Exception] = []
        self.ids: list[str] = []
        self.cursors: list[str | None] = []
        self.follower = Follower(store, ROOM, self.handle)

    async def handle(self, cursor: str | None) -> tuple[str, float]:
        self.cursors.append(cursor)
        changes = await self.store.changes(ROOM, cursor)
        if self.failures:
            raise self.failures.pop(0)
        self.ids += changes.ids
        return changes.cursor, self.longest


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Faulty]:
    store = Faulty(tmp_path / "kunnafoni.db")
    await store.prepare()
    yield store
    await store.close()


async def test_a_turn_comes_at_once_and_after_each_change(store: Faulty) -> None:
    reading = Reading(store)
    await store.write(ROOM, [Write("a", {})])
    await reading.follower.turn()
    assert reading.ids == ["a"]
    for id in ("b", "c"):
        waiting = asyncio.create_task(reading.follower.turn())
        await asyncio.sleep(0)
        assert id not in reading.ids
        await store.write(ROOM, [Write(id, {})])
        await waiting
        assert reading.ids[-1] == id
    assert reading.cursors[0] is None
    assert None not in reading.cursors[1:]
    assert len(set(reading.cursors)) == len(reading.cursors)


async def test_a_turn_comes_when_the_pause_that_it_named_has_passed(store: Faulty) -> None:
    reading = Reading(store, longest=0.01)
    for _ in range(4):
        await reading.follower.turn()
    assert len(reading.cursors) == 4
    assert reading.ids == []


@pytest.mark.parametrize("failure", [Unavailable("not-now", "Pas maintenant."), ZeroDivisionError(), KeyError("text")])
async def test_a_turn_that_failed_is_repeated_at_once_from_the_same_cursor(store: Faulty, failure: Exception) -> None:
    reading = Reading(store)
    await reading.follower.turn()
    await store.write(ROOM, [Write("a", {})])
    reading.failures = [failure, failure]
    for _ in range(2):
        with pytest.raises(type(failure)):
            await reading.follower.turn()
    await reading.follower.turn()
    assert reading.ids == ["a"]
    assert len(set(reading.cursors[1:])) == 1


async def test_a_store_that_does_not_answer_a_wait_is_read_at_the_next_turn(store: Faulty) -> None:
    reading = Reading(store)
    await reading.follower.turn()
    store.faults = 1
    with pytest.raises(Unavailable):
        await reading.follower.turn()
    await store.write(ROOM, [Write("a", {})])
    await reading.follower.turn()
    assert reading.ids == ["a"]
    assert None not in reading.cursors[1:]
