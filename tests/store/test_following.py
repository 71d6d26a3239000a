"""Following a collection: one turn at once and one after every change, from a cursor that survives failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sync.errors import KunnafoniError, Unavailable
from sync.store.contract import Collection, Write
from sync.store.following import ChangeHandler, follow
from sync.store.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio
ROOM = Collection.CONTENT
PATIENCE = 20.0  # seconds on a busy machine
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
    """A handler that records ids and cursors; its first `refusals` turns fail after reading."""

    def __init__(self, store: SqliteStore, longest: float = LONG) -> None:
        self.store = store
        self.longest = longest
        self.refusals = 0
        self.ids: list[str] = []
        self.cursors: list[str | None] = []

    async def turn(self, cursor: str | None) -> tuple[str, float]:
        self.cursors.append(cursor)
        changes = await self.store.changes(ROOM, cursor)
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("not-now", "Pas maintenant.")
        self.ids += changes.ids
        return changes.cursor, self.longest


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Faulty]:
    store = Faulty(tmp_path / "kunnafoni.db")
    await store.prepare()
    yield store
    await store.close()


@asynccontextmanager
async def following(
    store: SqliteStore, turn: ChangeHandler, failed: Callable[[KunnafoniError], object]
) -> AsyncIterator[None]:
    task = asyncio.create_task(follow(store, ROOM, turn, retry_delay=0.01, on_error=failed))
    yield
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  (a turn sets no event)
            await asyncio.sleep(0.01)


def never(error: KunnafoniError) -> Awaitable[None]:
    raise AssertionError(error)


async def test_a_turn_comes_at_once_and_after_each_change(store: Faulty) -> None:
    reading = Reading(store)
    await store.write(ROOM, [Write("a", {})])
    async with following(store, reading.turn, never):
        await until(lambda: reading.ids == ["a"])
        await store.write(ROOM, [Write("b", {})])
        await until(lambda: reading.ids == ["a", "b"])
        await store.write(ROOM, [Write("c", {})])
        await until(lambda: reading.ids == ["a", "b", "c"])
    assert reading.cursors[0] is None
    assert None not in reading.cursors[1:]
    assert len(set(reading.cursors)) == len(reading.cursors)


async def test_a_turn_comes_when_the_time_that_it_named_has_passed(store: Faulty) -> None:
    reading = Reading(store, longest=0.01)
    async with following(store, reading.turn, never):
        await until(lambda: len(reading.cursors) > 3)
    assert reading.ids == []


async def test_a_turn_that_failed_is_repeated_from_the_same_cursor(store: Faulty) -> None:
    reading = Reading(store)
    cursors: list[str] = []
    async with following(store, reading.turn, lambda error: cursors.append(error.code)):
        await until(lambda: len(reading.cursors) == 1)
        reading.refusals = 2
        await store.write(ROOM, [Write("a", {})])
        await until(lambda: reading.ids == ["a"])
    assert cursors == ["not-now", "not-now"]
    assert len(set(reading.cursors[1:4])) == 1


async def test_a_store_that_does_not_answer_is_asked_again(store: Faulty) -> None:
    reading = Reading(store)
    store.faults = 3
    ids: list[str] = []
    async with following(store, reading.turn, lambda error: ids.append(error.code)):
        await until(lambda: len(ids) == 3)
        await store.write(ROOM, [Write("a", {})])
        await until(lambda: reading.ids == ["a"])
    assert ids == ["store-busy"] * 3
    assert None not in reading.cursors[1:]


async def test_what_is_no_error_of_ours_passes(store: Faulty) -> None:
    async def broken(cursor: str | None) -> tuple[str, float]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await follow(store, ROOM, broken, retry_delay=0.01, on_error=never)
