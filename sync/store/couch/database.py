"""One collection as a CouchDB database: requests, and responses translated into the store's types.

Differences between CouchDB and pouchdb-server (its replacement in tests) are covered here and by `ServerCapabilities`.
Both paginate correctly only over unique keys, so every page starts at the last id of the previous one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import couchdb

from sync.errors import Refused, Unavailable
from sync.store.contract import Changes, Record
from sync.store.couch.client import CouchClient, StatusError
from sync.store.limits import is_id

_BATCH_SIZE = 200  # ids of one request
PROBE_ID = "_local/kunnafoni-probe"
_JSON = {"Content-Type": "application/json"}
_CURSOR = re.compile(r"[0-9]+(-[A-Za-z0-9_-]+)?")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServerCapabilities:
    """The features of the server.

    `is_couchdb` False: pouchdb-server, which has no `_purge`, no awaitable compaction and no quorum, and whose
    `_bulk_get` omits deleted documents. There an erasure is only a deletion.
    """

    is_couchdb: bool


@dataclass(frozen=True, slots=True)
class LeafRevision:
    """A leaf of a document's revision tree: the winning revision or a conflicting one. `body` None: deleted."""

    id: str
    rev: str
    body: dict[str, Any] | None

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Sort key: the leaf with the highest rank wins, the same on every node."""
        number, _, suffix = self.rev.partition("-")
        return (self.body is not None, int(number), suffix)


class CouchDatabase:
    def __init__(self, client: CouchClient, name: str) -> None:
        self._client = client
        self.name = name
        self._write_quorum = 0

    async def call(self, work: Callable[[couchdb.Database], T]) -> T:
        """Run `work` in a worker thread and return its result.

        Raises Unavailable if the database does not exist or the account has no access; StatusError for other status.
        """
        try:
            return await self._client.call(lambda server: work(couchdb.Database(server.resource(self.name), self.name)))
        except StatusError as error:
            if error.status == 403:
                raise Unavailable(
                    "store-account",
                    "Le compte du serveur n’a pas droit à la base {name}.",
                    "Vérifiez le compte dans KUNNAFONI_STORE.",
                    name=self.name,
                ) from error
            if error.status == 404:
                raise Unavailable(
                    "store-missing",
                    "La base {name} manque.",
                    "Vérifiez KUNNAFONI_STORE, ou reprenez une sauvegarde.",
                    name=self.name,
                ) from error
            raise

    async def write_quorum(self) -> int:
        """Number of nodes that must store a write before CouchDB answers 201; constant for a database."""
        if self._write_quorum == 0:
            info = await self.call(lambda database: database.info())
            self._write_quorum = int(info.get("cluster", {}).get("w", 1))
        return self._write_quorum

    async def bulk_write(self, documents: bytes) -> tuple[int, list[dict[str, Any]]]:
        """Call `_bulk_docs`: status and rows. couchdb-python's `Database.update` does not tell 201 from 202."""
        status, _, rows = await self.call(lambda database: database.resource.post_json("_bulk_docs", documents, _JSON))
        return status, rows

    async def winning_leaves(self, server: ServerCapabilities, ids: Sequence[str]) -> dict[str, LeafRevision]:
        """The winning leaf, by id, of each document among `ids` that exists or has been deleted."""
        winners: dict[str, LeafRevision] = {}
        for leaf in await self.leaves(server, ids):
            if leaf.id not in winners or winners[leaf.id].rank < leaf.rank:
                winners[leaf.id] = leaf
        return winners

    async def leaves(self, server: ServerCapabilities, ids: Sequence[str]) -> list[LeafRevision]:
        """All leaves, conflicts included, as a quorum of the nodes has them (pouchdb-server: the winning ones)."""
        valid_ids = [id for id in dict.fromkeys(ids) if is_id(id)]
        leaves: list[LeafRevision] = []
        for start in range(0, len(valid_ids), _BATCH_SIZE):
            batch = valid_ids[start : start + _BATCH_SIZE]
            leaves.extend(await (self._by_bulk_get(batch) if server.is_couchdb else self._by_keys(batch)))
        return leaves

    async def all_leaves(self, server: ServerCapabilities, ids: Sequence[str]) -> list[LeafRevision]:
        """All leaves, conflicts included, on pouchdb-server too (with one request per id)."""
        if server.is_couchdb:
            return await self.leaves(server, ids)
        leaves = []
        for id in [leaf.id for leaf in await self.leaves(server, ids)]:
            _, _, rows = await self.call(partial(_get_open_revisions, id))
            leaves += [_leaf(id, row["ok"]) for row in rows if "ok" in row]
        return leaves

    async def get_special(self, server: ServerCapabilities, id: str) -> LeafRevision | None:
        """The winning leaf of a document that is no record, such as a design document; None without one.

        Raises Unavailable if the database does not exist.
        """
        leaves = await (self._by_bulk_get([id]) if server.is_couchdb else self._by_keys([id]))
        return max(leaves, key=lambda leaf: leaf.rank, default=None)

    async def probe_writes(self) -> int:
        """Write a local document, which is neither replicated nor in the changes; return the status."""
        document = await self.call(lambda database: database.get(PROBE_ID)) or {"_id": PROBE_ID}
        path = PROBE_ID.split("/")
        status, _, _ = await self.call(lambda database: database.resource(*path).put_json(body=dict(document)))
        return int(status)

    async def existing_ids(self, ids: Sequence[str]) -> set[str]:
        """The ids of documents that one replica of each shard has."""
        valid_ids = [id for id in ids if is_id(id)]
        existing: set[str] = set()
        for start in range(0, len(valid_ids), _BATCH_SIZE):
            rows = await self.call(partial(_rows_by_keys, valid_ids[start : start + _BATCH_SIZE]))
            existing |= {row["id"] for row in rows if "value" in row and not row["value"].get("deleted")}
        return existing

    async def iterate_records(self, start: str, end: str, page_size: int) -> AsyncIterator[Record]:
        """Records from `start` inclusive to `end` exclusive, in order, with `page_size` per request."""
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
        """Ids in the order of changes.

        `seq_interval` requests one cursor after the last row: one for every row doubles CouchDB's cost.
        """
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise _bad_cursor()
        data = await self._request_changes(cursor, limit=limit, seq_interval=limit)
        pending = data.get("pending")  # missing in pouchdb-server
        if pending is None and len(data["results"]) == limit:
            pending = len((await self._request_changes(str(data["last_seq"]), limit=1))["results"])
        return _parse_changes(data, bool(pending))

    async def wait_for_changes(self, server: ServerCapabilities, cursor: str, limit: int, seconds: float) -> Changes:
        """Like `changes`, but CouchDB responds at the first change or after `seconds`.

        pouchdb-server's long poll never responds, so there it returns at once.
        """
        if not server.is_couchdb:
            return await self.changes(cursor, limit)
        options = {"feed": "longpoll", "timeout": max(1, int(seconds * 1000))}
        return _parse_changes(await self._request_changes(cursor, limit=limit, seq_interval=limit, **options))

    async def missing_nodes(self) -> list[str]:
        """Nodes of the cluster that do not respond, sorted; none for an account that may not ask."""
        try:
            _, _, members = await self._client.call(lambda server: server.resource.get_json("_membership"))
        except StatusError:
            return []
        return sorted(set(members["cluster_nodes"]) - set(members["all_nodes"]))

    async def get_local(self, path: str) -> dict[str, Any]:
        """A local document, which nothing replicates; empty if there is none. `path`: beginning with `_local/`."""
        try:
            _, _, document = await self._client.call(
                lambda server: server.resource(self.name, *path.split("/")).get_json()
            )
        except StatusError as error:
            if error.status == 404:
                return {}
            raise
        return dict(document)

    async def put_local(self, path: str, body: Mapping[str, Any]) -> None:
        """Write a local document over the one that is there."""
        current = await self.get_local(path)
        revision = {"_rev": current["_rev"]} if current else {}
        await self._client.call(
            lambda server: server.resource(self.name, *path.split("/")).put_json(body={**body, **revision})
        )

    async def _request_changes(self, cursor: str | None, **options: Any) -> dict[str, Any]:
        try:
            data: dict[str, Any] = await self.call(lambda database: database.changes(since=cursor or "0", **options))
        except StatusError as error:
            raise _bad_cursor() from error
        return data

    async def _by_bulk_get(self, ids: list[str]) -> list[LeafRevision]:
        request = {"docs": [{"id": id} for id in ids]}
        _, _, data = await self.call(lambda database: database.resource.post_json("_bulk_get", request))
        rows = [(result["id"], row) for result in data["results"] for row in result["docs"]]
        if any(row["error"]["error"] != "not_found" for _, row in rows if "error" in row):
            raise Unavailable(
                "store-silent", "CouchDB ({place}) ne répond pas.", "Réessayez dans un instant.", place=self.name
            )
        return [_leaf(id, row["ok"]) for id, row in rows if "ok" in row]

    async def _by_keys(self, ids: list[str]) -> list[LeafRevision]:
        rows = await self.call(lambda database: database.view("_all_docs", keys=ids, include_docs=True).rows)
        return [
            LeafRevision(row["id"], row["value"]["rev"], None if row["value"].get("deleted") else _body(row["doc"]))
            for row in rows
            if "value" in row
        ]


def _rows_by_keys(ids: list[str], database: couchdb.Database) -> list[dict[str, Any]]:
    return list(database.view("_all_docs", keys=ids).rows)


def _get_open_revisions(id: str, database: couchdb.Database) -> tuple[int, Any, list[dict[str, Any]]]:
    response: tuple[int, Any, list[dict[str, Any]]] = database.resource(id).get_json(open_revs="all")
    return response


def _leaf(id: str, document: dict[str, Any]) -> LeafRevision:
    return LeafRevision(id, document["_rev"], None if document.get("_deleted") else _body(document))


def _body(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if not key.startswith("_")}


def _parse_changes(data: dict[str, Any], more: bool = False) -> Changes:
    return Changes(tuple(row["id"] for row in data["results"] if is_id(row["id"])), str(data["last_seq"]), more)


def _bad_cursor() -> Refused:
    return Refused("store-cursor", "Cette position dans les changements ne vient pas d’ici.")
