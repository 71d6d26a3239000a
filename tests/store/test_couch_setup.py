"""Set-up of databases: access, and documents of other programs."""

from __future__ import annotations

import pytest
from couchdb import http

from sync.store.contract import Saved, Store, Write
from tests.support.couch_database import COLLECTION, couch_database
from tests.support.store_backends import COUCHES

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", COUCHES, indirect=True)]


async def test_each_room_is_a_database_that_nobody_else_reads(store: Store, address: str) -> None:
    await store.write(COLLECTION, [Write("a", {"n": 1})])
    assert couch_database(address)["a"]["n"] == 1
    with pytest.raises(http.Unauthorized):
        couch_database(address, anonymous=True)["a"]


async def test_whom_the_operator_let_in_stays(store: Store, address: str) -> None:
    mine = couch_database(address)
    security = {"admins": {"names": [], "roles": ["_admin"]}, "members": {"names": ["hub"], "roles": ["_admin"]}}
    mine.security = security
    await store.prepare()
    assert mine.security == security


async def test_a_database_open_to_all_is_closed(store: Store, address: str) -> None:
    couch_database(address).security = {}
    await store.prepare()
    with pytest.raises(http.Unauthorized):
        couch_database(address, anonymous=True).info()


async def test_what_others_keep_in_the_database_is_no_record(store: Store, address: str) -> None:
    couch_database(address)["_design/theirs"] = {"language": "javascript", "views": {}}
    await store.write(COLLECTION, [Write("Z", {}), Write("a", {})])
    assert [record.id for record in await store.scan(COLLECTION, "", "~", 2)] == ["Z", "a"]
    assert sorted((await store.changes(COLLECTION)).ids) == ["Z", "a"]


async def test_of_two_versions_that_replication_left_the_shown_one_is_edited(store: Store, address: str) -> None:
    await store.write(COLLECTION, [Write("a", {"n": 1})])
    body = b'{"new_edits":false,"docs":[{"_id":"a","_rev":"1-ffffffffffffffffffffffffffffffff","n":2}]}'
    couch_database(address).resource.post_json("_bulk_docs", body, {"Content-Type": "application/json"})
    record = await store.get(COLLECTION, "a")
    assert record is not None
    assert record.body == {"n": 2}
    (outcome,) = await store.write(COLLECTION, [Write("a", {"n": 3}, record.rev)])
    assert isinstance(outcome, Saved)
    winner = await store.get(COLLECTION, "a")
    assert winner is not None
    assert winner.body == {"n": 3}
