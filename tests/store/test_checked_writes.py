"""ensure_saved and ensure_removed: NotDurable and Stale become errors, and removal wins over concurrent writes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sync.errors import Conflict, Refused, Unavailable
from sync.store.checked_writes import MAX_ATTEMPTS, delete_records, ensure_all_present, ensure_saved
from sync.store.contract import Collection, NotDurable, Outcome, Record, Saved, Stale, Store, Write

pytestmark = pytest.mark.anyio


def test_each_outcome_has_its_error() -> None:
    saved = Saved("a", "1")
    assert ensure_saved(saved) is saved
    with pytest.raises(Unavailable):
        ensure_saved(NotDurable("a"))
    with pytest.raises(Conflict):
        ensure_saved(Stale("a", None))
    with pytest.raises(Refused):
        ensure_saved(Stale("a", None), Refused("taken", "Pris."))
    ensure_all_present([saved, Stale("a", None)])
    with pytest.raises(Unavailable):
        ensure_all_present([saved, NotDurable("a")])


class Writing:
    """A store with a concurrent write just before, `times` times."""

    def __init__(self, store: Store, times: int) -> None:
        self._store = store
        self.times = times

    async def write(self, room: Collection, writes: Sequence[Write]) -> list[Outcome]:
        if self.times:
            self.times -= 1
            record = await self._store.get(room, writes[0].id)
            assert record
            await self._store.write(room, [Write(record.id, {"seen": self.times}, record.rev)])
        return await self._store.write(room, writes)


async def two(store: Store) -> list[Record]:
    await store.write(Collection.PEOPLE, [Write(id, {"seen": -1}) for id in ("a:1", "a:2")])
    return await store.scan(Collection.PEOPLE, "a:", "a;")


async def test_what_is_taken_away_is_gone_though_somebody_writes_meanwhile(store: Store) -> None:
    await delete_records(Writing(store, 2), Collection.PEOPLE, await two(store))  # type: ignore[arg-type]
    assert await store.scan(Collection.PEOPLE, "a:", "a;") == []


async def test_what_is_gone_already_is_no_error_and_nothing_is_nothing(store: Store) -> None:
    records = await two(store)
    await delete_records(store, Collection.PEOPLE, records)
    await delete_records(store, Collection.PEOPLE, records)
    await delete_records(store, Collection.PEOPLE, [])


async def test_who_never_comes_first_is_told(store: Store) -> None:
    busy, records = Writing(store, MAX_ATTEMPTS), await two(store)
    with pytest.raises(Conflict):
        await delete_records(busy, Collection.PEOPLE, records)  # type: ignore[arg-type]
