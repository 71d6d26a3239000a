"""One room as a CouchDB database: its requests and its answers, in the words of the store.

What differs between CouchDB and pouchdb-server (which stands in for it in tests) is here and in `Server`, nowhere else.
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
from sync.store.couch.client import Answered, Link
from sync.store.limits import is_id

_SLICE = 200  # ids asked at once
_JSON = {"Content-Type": "application/json"}
_CURSOR = re.compile(r"[0-9]+(-[A-Za-z0-9_-]+)?")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Server:
    """What the server at the other end can do.

    `real`: CouchDB. pouchdb-server has no `_purge`, no compaction one can wait for, no copies to agree among;
    its `_bulk_get` is silent about deleted documents. So there a deletion is all that an erasure can be.
    """

    real: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """The state of a document that CouchDB shows, or one that it keeps beside it after a conflict. `body` None: deleted."""

    id: str
    rev: str
    body: dict[str, Any] | None

    @property
    def rank(self) -> tuple[bool, int, str]:
        """CouchDB shows the leaf that ranks highest, the same on every node."""
        number, _, rest = self.rev.partition("-")
        return (self.body is not None, int(number), rest)


class Database:
    def __init__(self, link: Link, name: str) -> None:
        self._link = link
        self.name = name
        self._copies = 0

    async def call(self, work: Callable[[couchdb.Database], T]) -> T:
        """What `work` gives in a worker thread. Raises Unavailable when there is no such database or no right to it."""
        try:
            return await self._link.call(lambda server: work(couchdb.Database(server.resource(self.name), self.name)))
        except Answered as answer:
            if answer.status == 403:
                raise Unavailable(
                    "store-account", "Le compte du serveur n’a pas droit à la base {name}.", name=self.name
                ) from answer
            if answer.status == 404:
                raise Unavailable("store-missing", "La base {name} manque.", name=self.name) from answer
            raise

    async def copies(self) -> int:
        """How many nodes must have a write before CouchDB answers 201. It never changes for a database."""
        if self._copies == 0:
            info = await self.call(lambda database: database.info())
            self._copies = int(info.get("cluster", {}).get("w", 1))
        return self._copies

    async def bulk(self, documents: bytes) -> tuple[int, list[dict[str, Any]]]:
        """`_bulk_docs`: status and rows. Database.update would not tell 201 from 202."""
        status, _, rows = await self.call(lambda database: database.resource.post_json("_bulk_docs", documents, _JSON))
        return status, rows

    async def latest(self, server: Server, ids: Sequence[str]) -> dict[str, Leaf]:
        """The leaf shown of each document among `ids` that exists or did."""
        found: dict[str, Leaf] = {}
        for leaf in await self.leaves(server, ids):
            if leaf.id not in found or found[leaf.id].rank < leaf.rank:
                found[leaf.id] = leaf
        return found

    async def leaves(self, server: Server, ids: Sequence[str]) -> list[Leaf]:
        """Every leaf, conflicts included, as a quorum of the nodes has them (pouchdb-server: the leaf shown)."""
        wanted = [id for id in dict.fromkeys(ids) if is_id(id)]
        found: list[Leaf] = []
        for at in range(0, len(wanted), _SLICE):
            part = wanted[at : at + _SLICE]
            found.extend(await (self._by_bulk_get(part) if server.real else self._by_keys(part)))
        return found

    async def every_leaf(self, server: Server, ids: Sequence[str]) -> list[Leaf]:
        """Every leaf, conflicts included, on pouchdb-server too (one request for each id there)."""
        if server.real:
            return await self.leaves(server, ids)
        found = []
        for id in [leaf.id for leaf in await self.leaves(server, ids)]:
            _, _, rows = await self.call(partial(_open_revs, id))
            found += [_leaf(id, row["ok"]) for row in rows if "ok" in row]
        return found

    async def rows(self, start: str, end: str, page: int) -> AsyncIterator[Record]:
        """Records from `start` to before `end`, in order, asked `page` at a time."""
        options: dict[str, Any] = {
            "endkey": end,
            "inclusive_end": False,
            "include_docs": True,
            "limit": page,
            "skip": 0,
        }
        while True:
            options["startkey"] = start
            rows = await self.call(lambda database: database.view("_all_docs", **options).rows)
            for row in rows:
                if is_id(row["id"]) and row.get("doc"):
                    yield Record(row["id"], row["doc"]["_rev"], _body(row["doc"]))
            if len(rows) < page:
                return
            start, options["skip"] = rows[-1]["id"], 1

    async def changed(self, cursor: str | None, most: int) -> Changes:
        """Ids in the order of changes. CouchDB is asked for one cursor, behind them all: to make one for each costs it as much again."""
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise _strange_cursor()
        data = await self._changes(cursor, limit=most, seq_interval=most)
        pending = data.get("pending")  # pouchdb-server does not say whether more follow
        if pending is None and len(data["results"]) == most:
            pending = len((await self._changes(str(data["last_seq"]), limit=1))["results"])
        return _seen(data, bool(pending))

    async def news(self, server: Server, cursor: str, most: int, seconds: float) -> Changes:
        """As `changed`, but CouchDB answers when there is something, or after so many seconds; pouchdb-server would never answer."""
        if not server.real:
            return await self.changed(cursor, most)
        poll = {"feed": "longpoll", "timeout": max(1, int(seconds * 1000))}
        return _seen(await self._changes(cursor, limit=most, seq_interval=most, **poll))

    async def _changes(self, cursor: str | None, **options: Any) -> dict[str, Any]:
        try:
            data: dict[str, Any] = await self.call(lambda database: database.changes(since=cursor or "0", **options))
        except Answered as answer:
            raise _strange_cursor() from answer
        return data

    async def _by_bulk_get(self, ids: list[str]) -> list[Leaf]:
        question = {"docs": [{"id": id} for id in ids]}
        _, _, data = await self.call(lambda database: database.resource.post_json("_bulk_get", question))
        found = [(result["id"], leaf) for result in data["results"] for leaf in result["docs"]]
        if any(leaf["error"]["error"] != "not_found" for _, leaf in found if "error" in leaf):
            raise Unavailable(
                "store-silent", "CouchDB ({place}) ne répond pas.", "Réessayez dans un instant.", place=self.name
            )
        return [_leaf(id, leaf["ok"]) for id, leaf in found if "ok" in leaf]

    async def _by_keys(self, ids: list[str]) -> list[Leaf]:
        rows = await self.call(lambda database: database.view("_all_docs", keys=ids, include_docs=True).rows)
        return [
            Leaf(row["id"], row["value"]["rev"], None if row["value"].get("deleted") else _body(row["doc"]))
            for row in rows
            if "value" in row
        ]


def _open_revs(id: str, database: couchdb.Database) -> tuple[int, Any, list[dict[str, Any]]]:
    answer: tuple[int, Any, list[dict[str, Any]]] = database.resource(id).get_json(open_revs="all")
    return answer


def _leaf(id: str, document: dict[str, Any]) -> Leaf:
    return Leaf(id, document["_rev"], None if document.get("_deleted") else _body(document))


def _body(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if not key.startswith("_")}


def _seen(data: dict[str, Any], more: bool = False) -> Changes:
    return Changes(tuple(row["id"] for row in data["results"] if is_id(row["id"])), str(data["last_seq"]), more)


def _strange_cursor() -> Refused:
    return Refused("store-cursor", "Cette position dans les changements ne vient pas d’ici.")
