"""Properties of the contract: a store answers as a dictionary does, after any sequence of operations."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.store.contract import Collection, Outcome, Record, Saved, Stale, Store, Write
from sync.store.limits import json_equal
from sync.store.open_store import open_store
from tests.support.store_backends import COUCHES

ROOM = Collection.FEEDBACK
ids = st.sampled_from(["a", "a:b", "a/b", "B", "0", "z_z"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2, width=16) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)
bodies = st.dictionaries(st.text("xyé", max_size=2), values, max_size=2)
revisions = st.sampled_from(["current", "older", "none", "foreign"])
write = st.tuples(st.just("write"), st.lists(st.tuples(ids, st.none() | bodies, revisions), max_size=5))
scan = st.tuples(st.just("scan"), st.tuples(ids, ids, st.integers(1, 4)))
erase = st.tuples(st.just("erase"), st.lists(ids, max_size=2))  # left out on CouchDB, which compacts its file each time

FOREIGN = "3-ffffffffffffffffffffffffffffffff"
NUMBERS = itertools.count()  # each script has ids of its own


@dataclass
class Model:
    """A model of a collection: all revisions of each id, and its current body."""

    revisions: dict[str, list[str]] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def revision(self, id: str, which: str) -> str | None:
        revisions = self.revisions.get(id, [])
        choice = {"current": revisions[-1:], "older": revisions[-2:-1], "none": [], "foreign": [FOREIGN]}[which]
        return choice[0] if choice else None

    def expect(self, write: Write) -> type[Saved] | type[Stale]:
        revisions = self.revisions.get(write.id)
        if revisions and json_equal(self.bodies[write.id], write.body):
            return Saved
        current = revisions[-1] if revisions else None
        free = current is None or self.bodies[write.id] is None
        return Saved if write.rev == current or (write.rev is None and free) else Stale

    def take(self, write: Write, outcome: Outcome) -> None:
        assert outcome.id == write.id
        assert type(outcome) is self.expect(write)
        if isinstance(outcome, Stale):
            assert outcome.current == self.record(write.id)
        elif isinstance(outcome, Saved):
            revisions = self.revisions.setdefault(write.id, [])
            if outcome.rev not in revisions:
                revisions.append(outcome.rev)
                self.changed.add(write.id)
            assert revisions[-1] == outcome.rev
            self.bodies[write.id] = dict(write.body) if write.body is not None else None

    def record(self, id: str) -> Record | None:
        body = self.bodies.get(id)
        return Record(id, self.revisions[id][-1], body) if body is not None else None

    def records(self) -> list[Record]:
        return [record for id in sorted(self.bodies) if (record := self.record(id)) is not None]

    def forget(self, id: str) -> None:
        self.revisions.pop(id, None)
        self.bodies.pop(id, None)
        self.changed.discard(id)


async def play(store: Store, script: list[tuple[str, Any]], own: str) -> None:
    model = Model()
    cursor = (await store.changes(ROOM)).cursor
    for step, argument in script:
        if step == "erase":
            await store.erase(ROOM, [own + id for id in argument])
            for id in argument:
                model.forget(own + id)
        elif step == "scan":
            start, end, limit = own + argument[0], own + argument[1], argument[2]
            expected = [record for record in model.records() if start <= record.id < end][:limit]
            assert await store.scan(ROOM, start, end, limit) == expected
        else:
            writes = [Write(own + id, body, model.revision(own + id, which)) for id, body, which in argument]
            writes = [write for write in writes if write.body is not None or write.rev is not None]
            for write, outcome in zip(writes, await store.write(ROOM, writes), strict=True):
                model.take(write, outcome)
            cursor = await until_seen(store, cursor, model.changed)
            model.changed.clear()
    assert await store.scan(ROOM, own, own + "~") == model.records()
    assert await store.get_many(ROOM, list(model.bodies)) == {record.id: record for record in model.records()}


async def until_seen(store: Store, cursor: str, ids: set[str]) -> str:
    """Wait until changes name all `ids` and return the cursor; on a cluster that takes a moment."""
    ids_seen: set[str] = set()
    for _ in range(20):
        changes = await store.changes(ROOM, cursor)
        cursor = changes.cursor
        ids_seen.update(changes.ids)
        if ids <= ids_seen:
            return cursor
        await store.wait_for_changes(ROOM, cursor, 1.0)
    raise AssertionError(f"no change tells of {ids - ids_seen}")


def run(address: str, script: list[tuple[str, Any]]) -> None:
    async def go() -> None:
        store = open_store(address)
        await store.prepare()
        try:
            await play(store, script, f"{next(NUMBERS)}:")
        finally:
            await store.close()

    asyncio.run(go())


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(script=st.lists(write | scan | erase, max_size=12))
def test_sqlite_answers_as_a_dictionary_would(address: str, script: list[tuple[str, Any]]) -> None:
    run(address, script)


@pytest.mark.parametrize("backend", COUCHES, indirect=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(script=st.lists(write | scan, max_size=12))
def test_couchdb_answers_as_a_dictionary_would(address: str, script: list[tuple[str, Any]]) -> None:
    run(address, script)
