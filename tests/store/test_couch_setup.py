"""Set-up of databases: access, and documents of other programs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from couchdb import http

from sync.errors import Refused
from sync.store.contract import Saved, Store, Write
from sync.store.couch.identity import IDENTITY_ID, SCHEMA_VERSION
from sync.store.identity import open_identified
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


def _security(members: list[str | None], roles: list[str], admins: list[str | None]) -> dict[str, Any]:
    return {"admins": {"names": admins, "roles": ["_admin"]}, "members": {"names": members, "roles": roles}}


async def test_the_doctor_names_whoever_else_was_let_in_but_not_hubs(store: Store, address: str) -> None:
    mine = couch_database(address)
    account, prefix = urlsplit(address).username, urlsplit(address).path[1:]
    own = [account, f"{prefix}-hub-kayes"]
    mine.security = _security(own, [f"{prefix}-hub"], own)
    assert await store.check_health() == []
    mine.security = _security(own, ["everyone"], ["mallory"])
    [issue] = await store.check_health()
    assert (issue.code, issue.values["who"]) == ("store-others", "everyone, mallory")


async def test_a_store_of_a_newer_schema_is_refused_before_anything_is_written(store: Store, address: str) -> None:
    await open_identified(store, "")
    mark = couch_database(address)[IDENTITY_ID]
    assert mark["schema"] == SCHEMA_VERSION
    couch_database(address)[IDENTITY_ID] = mark | {"schema": SCHEMA_VERSION + 1}
    with pytest.raises(Refused) as refused:
        await open_identified(store, "")
    assert (refused.value.code, bool(refused.value.hint)) == ("store-newer", True)
    couch_database(address)[IDENTITY_ID] = {key: mark[key] for key in mark if key not in ("schema", "_rev")} | {
        "_rev": couch_database(address)[IDENTITY_ID].rev
    }
    assert await open_identified(store, "") == mark["identity"]  # as releases before wrote it


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
