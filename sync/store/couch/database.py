"""One room as a CouchDB database: its requests and its answers, in the words of the store.

What differs between CouchDB and pouchdb-server (which stands in for it in tests) is here and in `ServerCapabilities`, nowhere else.
Both page wrongly on anything but unique keys; ids are unique, so every page starts at the last id of the one before.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import couchdb

from sync.errors import Refused, Unavailable
from sync.store.contract import Changes, Record
from sync.store.couch.client import CouchClient, StatusError
from sync.store.limits import is_id

_BATCH_SIZE = 200  # ids asked at once
_JSON = {"Content-Type": "application/json"}
_CURSOR = re.compile(r"[0-9]+(-[A-Za-z0-9_-]+)?")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServerCapabilities:
    """What the server at the other end can do.

    `real`: CouchDB. pouchdb-server has no `_purge`, no compaction one can wait for, no copies to agree among;
    its `_bulk_get` is silent about deleted documents. So there a deletion is all that an erasure can be.
    """

    is_couchdb: bool


@dataclass(frozen=True, slots=True)
class LeafRevision:
    """The state of a document that CouchDB shows, or one that it keeps beside it after a conflict. `body` None: deleted."""

    id: str
    rev: str
    body: dict[str, Any] | None

    @property
    def rank(self) -> tuple[bool, int, str]:
        """CouchDB shows the leaf that ranks highest, the same on every node."""
        number, _, rest = self.rev.partition("-")
        return (self.body is not None, int(number), rest)


class CouchDatabase:
    def __init__(self, client: CouchClient, name: str) -> None:
        self._client = client
        self.name = name
        self._write_quorum = 0

    async def call(self, work: Callable[[couchdb.Database], T]) -> T:
        """What `work` gives in a worker thread. Raises Unavailable when there is no such database or no right to it."""
        try:
            return await self._client.call(lambda server: work(couchdb.Database(server.resource(self.name), self.name)))
        except StatusError as answer:
            if answer.status == 403:
                raise Unavailable(
                    "store-account", "Le compte du serveur n’a pas droit à la base {name}.", name=self.name
                ) from answer
            if answer.status == 404:
                raise Unavailable("store-missing", "La base {name} manque.", name=self.name) from answer
            raise

    async def write_quorum(self) -> int:
        """How many nodes must have a write before CouchDB answers 201. It never changes for a database."""
        if self._write_quorum == 0:
            info = await self.call(lambda database: database.info())
            self._write_quorum = int(info.get("cluster", {}).get("w", 1))
        return self._write_quorum

    async def bulk_write(self, documents: bytes) -> tuple[int, list[dict[str, Any]]]:
        """`_bulk_docs`: status and rows. Database.update would not tell 201 from 202."""
        status, _, rows = await self.call(lambda database: database.resource.post_json("_bulk_docs", documents, _JSON))
        return status, rows

    async def winning_leaves(self, server: ServerCapabilities, ids: Sequence[str]) -> dict[str, LeafRevision]:
        """The leaf shown of each document among `ids` that exists or did."""
        found: dict[str, LeafRevision] = {}
        for leaf in await self.leaves(server, ids):
            if leaf.id not in found or found[leaf.id].rank < leaf.rank:
                found[leaf.id] = leaf
        return found

    async def leaves(self, server: ServerCapabilities, ids: Sequence[str]) -> list[LeafRevision]:
        """Every leaf, conflicts included, as a quorum of the nodes has them (pouchdb-server: the leaf shown)."""
        wanted = [id for id in dict.fromkeys(ids) if is_id(id)]
        found: list[LeafRevision] = []
        for at in range(0, len(wanted), _BATCH_SIZE):
            part = wanted[at : at + _BATCH_SIZE]
            found.extend(await (self._by_bulk_get(part) if server.is_couchdb else self._by_keys(part)))
        return found

    async def all_leaves(self, server: ServerCapabilities, ids: Sequence[str]) -> list[LeafRevision]:
        """Every leaf, conflicts included, on pouchdb-server too (one request for each id there)."""
        if server.is_couchdb:
            return await self.leaves(server, ids)
        found = []
        for id in [leaf.id for leaf in await self.leaves(server, ids)]:
            _, _, rows = await self.call(partial(_get_open_revisions, id))
            found += [_leaf(id, row["ok"]) for row in rows if "ok" in row]
        return found

    async def iterate_records(self, start: str, end: str, page_size: int) -> AsyncIterator[Record]:
        """Records from `start` to before `end`, in order, asked `page` at a time."""
        options: dict[str, Any] = {
            "endkey": end,
            "inclusive_end": False,
            "include_docs": True,
            "limit": page_size,
            "skip": 0,
        }
        while True:
            options["startkey"] = start
            rows = await self.call(lambda database: database.view("_all_docs", **options).rows)
            for row in rows:
                if is_id(row["id"]) and row.get("doc"):
                    yield Record(row["id"], row["doc"]["_rev"], _body(row["doc"]))
            if len(rows) < page_size:
                return
            start, options["skip"] = rows[-1]["id"], 1

    async def changes(self, cursor: str | None, limit: int) -> Changes:
        """Ids in the order of changes. CouchDB is asked for one cursor, behind them all: to make one for each costs it as much again."""
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise _bad_cursor()
        data = await self._request_changes(cursor, limit=limit, seq_interval=limit)
        pending = data.get("pending")  # pouchdb-server does not say whether more follow
        if pending is None and len(data["results"]) == limit:
            pending = len((await self._request_changes(str(data["last_seq"]), limit=1))["results"])
        return _parse_changes(data, bool(pending))

    async def wait_for_changes(self, server: ServerCapabilities, cursor: str, limit: int, seconds: float) -> Changes:
        """As `changed`, but CouchDB answers when there is something, or after so many seconds; pouchdb-server would never answer."""
        if not server.is_couchdb:
            return await self.changes(cursor, limit)
        poll = {"feed": "longpoll", "timeout": max(1, int(seconds * 1000))}
        return _parse_changes(await self._request_changes(cursor, limit=limit, seq_interval=limit, **poll))

    async def _request_changes(self, cursor: str | None, **options: Any) -> dict[str, Any]:
        try:
            data: dict[str, Any] = await self.call(lambda database: database.changes(since=cursor or "0", **options))
        except StatusError as answer:
            raise _bad_cursor() from answer
        return data

    async def _by_bulk_get(self, ids: list[str]) -> list[LeafRevision]:
        question = {"docs": [{"id": id} for id in ids]}
        _, _, data = await self.call(lambda database: database.resource.post_json("_bulk_get", question))
        found = [(result["id"], leaf) for result in data["results"] for leaf in result["docs"]]
        if any(leaf["error"]["error"] != "not_found" for _, leaf in found if "error" in leaf):
            raise Unavailable(
                "store-silent", "CouchDB ({place}) ne répond pas.", "Réessayez dans un instant.", place=self.name
            )
        return [_leaf(id, leaf["ok"]) for id, leaf in found if "ok" in leaf]

    async def _by_keys(self, ids: list[str]) -> list[LeafRevision]:
        rows = await self.call(lambda database: database.view("_all_docs", keys=ids, include_docs=True).rows)
        return [
            LeafRevision(row["id"], row["value"]["rev"], None if row["value"].get("deleted") else _body(row["doc"]))
            for row in rows
            if "value" in row
        ]


def _get_open_revisions(id: str, database: couchdb.Database) -> tuple[int, Any, list[dict[str, Any]]]:
    answer: tuple[int, Any, list[dict[str, Any]]] = database.resource(id).get_json(open_revs="all")
    return answer


def _leaf(id: str, document: dict[str, Any]) -> LeafRevision:
    return LeafRevision(id, document["_rev"], None if document.get("_deleted") else _body(document))


def _body(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if not key.startswith("_")}


def _parse_changes(data: dict[str, Any], more: bool = False) -> Changes:
    return Changes(tuple(row["id"] for row in data["results"] if is_id(row["id"])), str(data["last_seq"]), more)


def _bad_cursor() -> Refused:
    return Refused("store-cursor", "Cette position dans les changements ne vient pas d’ici.")
