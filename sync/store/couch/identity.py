"""The identity of a CouchDB store: a design document without functions in each database.

CouchDB carries it to every node of a cluster, also to one that starts empty. No replication of hubs matches a design
document, and a hub's account cannot write one. The document of the first collection is written before all others, and
says `complete` once they are there: so an interrupted start is told apart from a database that was lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sync.errors import Unavailable
from sync.store.contract import Collection
from sync.store.couch.client import StatusError
from sync.store.couch.database import CouchDatabase, ServerCapabilities
from sync.store.limits import store_newer
from sync.store.write_status import not_durable

IDENTITY_ID = "_design/kunnafoni-store"
SCHEMA_VERSION = 1  # of what a CouchDB store holds; marks without one are of version 1
_FIRST, *_OTHERS = Collection
_MAX_ROUNDS = 10  # of servers that start together on a new store

Databases = Mapping[Collection, CouchDatabase]


@dataclass(frozen=True, slots=True)
class _Mark:
    identity: str
    is_complete: bool
    rev: str


async def read_identities(databases: Databases, server: ServerCapabilities) -> dict[Collection, str]:
    """The result of `Store.identities`."""
    marks = await _read_marks(databases, server)
    first = marks.get(_FIRST)
    if first is not None and not first.is_complete:
        return dict.fromkeys(marks, "")
    return {collection: mark.identity if mark else "" for collection, mark in marks.items()}


async def establish_identity(databases: Databases, server: ServerCapabilities, identity: str, replace: bool) -> str:
    """The work of `Store.establish_identity`.

    Of servers that start together on a new store, the one whose mark of the first collection is written first decides:
    the others write marks of its identity alone.
    """
    try:
        for _ in range(_MAX_ROUNDS):
            marks = await _read_marks(databases, server)
            first = marks[_FIRST]
            carried = [mark.identity for mark in marks.values() if mark]
            if not replace and carried and (first is None or first.is_complete):
                return first.identity if first else carried[0]
            if first is None or replace:
                await _write_mark(databases[_FIRST], identity, False, first)
                replace = False  # what another server wrote meanwhile is in force
                first = await _read_mark(databases[_FIRST], server)
            if first is None or first.is_complete:
                continue
            missing = [part for part in _OTHERS if not (mark := marks[part]) or mark.identity != first.identity]
            for part in missing:
                await _write_mark(databases[part], first.identity, True, marks[part])
            if not missing:  # read before this round's end: no other identity can come any more
                await _write_mark(databases[_FIRST], first.identity, True, first)
    except _WriteRefusedError:
        return ""
    raise not_durable()


async def _read_marks(databases: Databases, server: ServerCapabilities) -> dict[Collection, _Mark | None]:
    """Marks of the databases that exist. The first is read last: it is written first."""
    marks = {}
    for collection in (*_OTHERS, _FIRST):
        try:
            marks[collection] = await _read_mark(databases[collection], server)
        except Unavailable as error:
            if error.code != "store-missing":
                raise
    return {collection: marks[collection] for collection in Collection if collection in marks}


async def _read_mark(database: CouchDatabase, server: ServerCapabilities) -> _Mark | None:
    leaf = await database.get_special(server, IDENTITY_ID)
    if leaf is None or leaf.body is None:
        return None
    schema = leaf.body.get("schema", 1)
    if not isinstance(schema, int) or schema > SCHEMA_VERSION:
        raise store_newer(database.name)
    return _Mark(str(leaf.body.get("identity", "")), bool(leaf.body.get("complete")), leaf.rev)


class _WriteRefusedError(Exception):
    """This account may not write design documents: the operator made the databases for it."""


async def _write_mark(database: CouchDatabase, identity: str, is_complete: bool, current: _Mark | None) -> None:
    """Write the mark; a conflict is left to the next round."""
    document = {"_id": IDENTITY_ID, "identity": identity, "complete": is_complete, "schema": SCHEMA_VERSION}
    if current:
        document["_rev"] = current.rev
    try:
        status, [row] = await database.bulk_write(json.dumps({"docs": [document]}).encode())
    except StatusError as error:
        raise _WriteRefusedError from error
    except Unavailable as error:
        if error.code == "store-account":
            raise _WriteRefusedError from error
        raise
    if row.get("error") in ("forbidden", "unauthorized"):
        raise _WriteRefusedError
    if row.get("error") not in (None, "conflict") or status != 201:
        raise not_durable()
