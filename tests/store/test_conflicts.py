"""Promises 11 and 12: conflicting versions are listed and kept until resolved; health issues are reported."""

from __future__ import annotations

import pytest

from sync.canonical import digest
from sync.store.contract import Blob, Collection, Saved, Stale, Store, Write
from tests.support.couch_database import COLLECTION, couch_database, write_conflicting_versions
from tests.support.store_backends import COUCHES

pytestmark = pytest.mark.anyio


async def test_a_store_of_one_writer_has_no_splits(store: Store) -> None:
    (first,) = await store.write(COLLECTION, [Write("a", {"n": 1})])
    assert isinstance(first, Saved)
    await store.write(COLLECTION, [Write("a", {"n": 2}, first.rev)])
    assert await store.conflicts(COLLECTION) == []


async def test_settling_what_is_whole_is_a_write(store: Store) -> None:
    (first,) = await store.write(COLLECTION, [Write("a", {"n": 1})])
    assert isinstance(first, Saved)
    assert isinstance(await store.resolve_conflict(COLLECTION, "a", {"n": 2}, ["9-other"]), Stale)
    assert isinstance(await store.resolve_conflict(COLLECTION, "a", {"n": 2}, [first.rev]), Saved)
    record = await store.get(COLLECTION, "a")
    assert record
    assert record.body == {"n": 2}
    assert isinstance(await store.resolve_conflict(COLLECTION, "never", {}, []), Stale)


@pytest.mark.parametrize("backend", COUCHES, indirect=True)
async def test_every_version_is_named_and_kept_until_it_is_settled(store: Store, address: str) -> None:
    await store.write(COLLECTION, [Write("b", {})])
    write_conflicting_versions(address, "one", "two", "three")
    assert len(await store.conflicts(COLLECTION)) == 1
    [conflict] = await store.conflicts(COLLECTION)  # a second look finds it too
    assert conflict.id == "a"
    assert [record.body["text"] for record in conflict.versions] == ["three", "two", "one"]
    winner = await store.get(COLLECTION, "a")
    assert winner
    assert winner == conflict.versions[0]
    revs = [record.rev for record in conflict.versions]
    assert isinstance(await store.resolve_conflict(COLLECTION, "a", {"text": "both"}, revs[:2]), Stale)
    assert len((await store.conflicts(COLLECTION))[0].versions) == 3
    assert isinstance(await store.resolve_conflict(COLLECTION, "a", {"text": "both"}, revs), Saved)
    assert await store.conflicts(COLLECTION) == []
    resolved = await store.get(COLLECTION, "a")
    assert resolved
    assert resolved.body == {"text": "both"}


@pytest.mark.parametrize("backend", COUCHES, indirect=True)
async def test_a_version_that_comes_later_is_found_too(store: Store, address: str) -> None:
    write_conflicting_versions(address, "one")
    assert await store.conflicts(COLLECTION) == []
    write_conflicting_versions(address, "one", "two")
    assert [split.id for split in await store.conflicts(COLLECTION)] == ["a"]


async def test_blobs_are_listed_in_order(store: Store) -> None:
    names = sorted(digest(bytes([n])) for n in range(7))
    for n in range(7):
        await store.put_blob(Collection.EDITIONS, Blob(digest(bytes([n])), "text/plain", bytes([n])))
    assert await store.blob_digests(Collection.EDITIONS) == names
    assert await store.blob_digests(Collection.EDITIONS, names[2], 3) == names[3:6]
    assert await store.blob_digests(Collection.EDITIONS, names[-1]) == []
    assert await store.blob_digests(Collection.FEEDBACK) == []


async def test_a_place_that_is_ready_has_no_flaw(store: Store) -> None:
    assert await store.check_health() == []


@pytest.mark.parametrize("backend", COUCHES, indirect=True)
async def test_a_database_missing_or_open_is_said_and_mended(store: Store, address: str) -> None:
    couch_database(address).security = {}
    assert [flaw.code for flaw in await store.check_health()] == ["store-open"]
    await store.prepare()
    assert await store.check_health() == []
