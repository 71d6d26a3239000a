"""The identity of a store on every backend: a missing part is never taken for a new one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.errors import Unavailable
from sync.store.contract import Collection, Saved, Store, Write
from sync.store.couch.identity import IDENTITY_ID
from sync.store.identity import accept_parts, missing_parts, open_empty, open_identified, require_whole
from sync.store.open_store import open_store
from tests.support.couch_database import couch_database, drop_database
from tests.support.store_backends import COUCHES

pytestmark = pytest.mark.anyio
WHOLE = list(Collection)
couch_only = pytest.mark.parametrize("backend", COUCHES, indirect=True)


@pytest.fixture
async def new_store(address: str) -> AsyncIterator[Store]:
    """A store of which nothing exists yet."""
    store = open_store(address)
    yield store
    await store.close()


async def refusal(store: Store, remembered: str = "") -> Unavailable:
    with pytest.raises(Unavailable) as raised:
        await open_identified(store, remembered)
    return raised.value


async def test_a_new_store_gets_an_identity_once(new_store: Store, address: str) -> None:
    assert await new_store.identities() == {}
    identity = await open_identified(new_store, "")
    assert len(identity) == 32
    assert await new_store.identities() == dict.fromkeys(Collection, identity)
    other = open_store(address)
    assert await open_identified(other, "") == await open_identified(other, identity) == identity
    await other.close()


async def test_nothing_is_made_without_being_prepared(new_store: Store) -> None:
    calls = (
        new_store.get(Collection.CONTENT, "a"),
        new_store.write(Collection.CONTENT, [Write("a", {})]),
        new_store.changes(Collection.CONTENT),
    )
    for call in calls:
        with pytest.raises(Unavailable):
            await call
    assert await new_store.identities() == {}


async def test_a_store_that_this_machine_knew_and_that_is_gone_is_not_made_anew(new_store: Store) -> None:
    error = await refusal(new_store, "known")
    assert (error.code, error.values["codes"]) == ("store-part-missing", ",".join(Collection))
    assert await new_store.identities() == {}


async def test_a_store_of_an_earlier_release_gets_an_identity_and_keeps_everything(store: Store, other: Store) -> None:
    [outcome] = await store.write(Collection.FEEDBACK, [Write("a", {"n": 1})])
    assert isinstance(outcome, Saved)
    await require_whole(store, "")
    identity = await open_identified(store, "")
    assert await open_identified(other, identity) == identity
    record = await other.get(Collection.FEEDBACK, "a")
    assert record
    assert (record.rev, record.body) == (outcome.rev, {"n": 1})


async def test_servers_that_start_together_on_a_new_store_agree(new_store: Store, address: str) -> None:
    stores = [new_store, *(open_store(address) for _ in range(3))]
    opened = set(await asyncio.gather(*(open_identified(store, "") for store in stores)))
    [agreed] = {await open_identified(store, "") for store in stores}
    assert agreed in opened
    assert set((await new_store.identities()).values()) == {agreed}
    for store in stores[1:]:
        await store.close()


async def test_another_store_at_the_address_is_refused(store: Store) -> None:
    identity = await open_identified(store, "")
    error = await refusal(store, "another")
    assert error.code == "store-part-foreign"
    assert await accept_parts(store, "", WHOLE) == identity
    assert await accept_parts(store, "another", WHOLE) == "another"
    assert await open_identified(store, "another") == "another"


async def test_an_identity_is_no_record_no_change_and_no_conflict(store: Store) -> None:
    before = {collection: (await store.changes(collection)).cursor for collection in Collection}
    await open_identified(store, "")
    for collection in Collection:
        assert await store.scan(collection, "", "~") == []
        assert (await store.changes(collection, before[collection])).ids == ()
        assert await store.conflicts(collection) == []
        assert await store.blob_digests(collection) == []


async def test_a_store_without_records_may_be_restored_into(new_store: Store) -> None:
    assert await open_empty(new_store, "known") == "known"
    await new_store.write(Collection.CONTENT, [Write("a", {})])
    assert await open_empty(new_store, "known") == "known"
    with pytest.raises(Unavailable, match="store-part-foreign"):
        await open_empty(new_store, "another")


@couch_only
@pytest.mark.parametrize("lost", [Collection.CONTENT, Collection.JOURNAL])
async def test_a_lost_database_is_named_and_made_anew_only_if_that_was_chosen(
    store: Store, address: str, lost: Collection
) -> None:
    identity = await open_identified(store, "")
    await store.write(Collection.JOURNAL, [Write("a", {})])
    await asyncio.to_thread(drop_database, address, lost)
    for remembered in ("", identity):
        error = await refusal(store, remembered)
        assert (error.code, error.values["parts"]) == ("store-part-missing", lost.value)
        assert await missing_parts(store, remembered) == [lost]
    assert lost not in await store.identities()
    other_part = next(part for part in Collection if part is not lost)
    with pytest.raises(Unavailable, match="store-part-missing"):
        await accept_parts(store, identity, [other_part])
    assert await accept_parts(store, identity, [lost]) == identity
    assert await open_identified(store, identity) == identity


@couch_only
async def test_a_database_made_anew_by_hand_is_still_missing(store: Store, address: str) -> None:
    await open_identified(store, "")
    await asyncio.to_thread(drop_database, address, Collection.FEEDBACK)
    await store.prepare()  # what an earlier release does at every command
    error = await refusal(store)
    assert (error.code, error.values["parts"]) == ("store-part-missing", "feedback")


@couch_only
async def test_a_database_lost_before_any_identity_is_missing_if_others_have_records(
    store: Store, address: str
) -> None:
    await asyncio.to_thread(drop_database, address, Collection.PEOPLE)
    assert await missing_parts(store, "") == []  # nothing has a record: a start that was interrupted
    await store.write(Collection.CONTENT, [Write("a", {})])
    assert await missing_parts(store, "") == [Collection.PEOPLE]


@couch_only
async def test_an_interrupted_start_goes_on(store: Store, address: str) -> None:
    databases = {part: couch_database(address, part) for part in Collection}
    databases[Collection.CONTENT][IDENTITY_ID] = {"identity": "begun", "complete": False}
    databases[Collection.EDITIONS][IDENTITY_ID] = {"identity": "begun", "complete": True}
    assert await store.identities() == dict.fromkeys(Collection, "")
    assert await open_identified(store, "") == "begun"
    assert await store.identities() == dict.fromkeys(Collection, "begun")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_file_that_another_process_has_created_and_not_filled_yet_is_new(
    new_store: Store, address: str
) -> None:
    path = Path(address.removeprefix("sqlite:///"))
    await asyncio.to_thread(path.parent.mkdir)
    await asyncio.to_thread(path.touch)
    assert await new_store.identities() == {}
    assert (await refusal(new_store, "known")).code == "store-part-missing"
    assert await open_identified(new_store, "")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_an_earlier_release_opens_a_file_with_an_identity(store: Store, address: str) -> None:
    await open_identified(store, "")
    with sqlite3.connect(Path(address.removeprefix("sqlite:///"))) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (1,)
    file.close()
