"""Conflicted records: those of which CouchDB has several versions after replication or concurrent writes in a cluster.

`_changes?style=all_docs` lists every leaf revision without reading documents. The last sequence is remembered, so only
the first query of a process reads the whole feed. A CouchDB view is avoided because it runs JavaScript in the server.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sync.store.contract import Body, Collection, ConflictedRecord, NotDurable, Outcome, Record, Saved, Stale, Write
from sync.store.couch.database import CouchDatabase, LeafRevision, ServerCapabilities
from sync.store.limits import is_id

_PAGE_SIZE = 5000

WriteFunction = Callable[[Collection, Sequence[Write]], Awaitable[list[Outcome]]]


class ConflictTracker:
    def __init__(self, database: CouchDatabase) -> None:
        self._database = database
        self._last_seq = "0"
        self._candidates: set[str] = set()

    async def list_conflicts(self, server: ServerCapabilities) -> list[ConflictedRecord]:
        await self._follow_changes()
        versions = await self._live_leaves(server, sorted(self._candidates))
        self._candidates = {id for id, leaves in versions.items() if len(leaves) > 1}
        return [ConflictedRecord(id, tuple(map(_record, versions[id]))) for id in sorted(self._candidates)]

    async def resolve(
        self,
        server: ServerCapabilities,
        id: str,
        body: Body,
        revs: Sequence[str],
        write: WriteFunction,
        collection: Collection,
    ) -> Outcome:
        """Write `body`, then delete the other versions. An interruption loses nothing and leaves the conflict."""
        leaves = (await self._live_leaves(server, [id]))[id]
        if not leaves or {leaf.rev for leaf in leaves} != set(revs):
            return Stale(id, _record(leaves[0]) if leaves else None)
        [outcome] = await write(collection, [Write(id, body, leaves[0].rev)])
        if not isinstance(outcome, Saved) or len(leaves) == 1:
            return outcome
        for leaf in leaves[1:]:  # one by one: CouchDB accepts an id only once in a request
            deletion = json.dumps({"docs": [{"_id": id, "_rev": leaf.rev, "_deleted": True}]})
            status, rows = await self._database.bulk_write(deletion.encode())
            if status != 201 or "error" in rows[0]:
                return NotDurable(id)
        return outcome

    async def _follow_changes(self) -> None:
        while True:
            data: dict[str, Any] = await self._database.call(
                lambda database: database.changes(since=self._last_seq, limit=_PAGE_SIZE, style="all_docs")
            )
            rows = data["results"]
            self._candidates |= {row["id"] for row in rows if len(row["changes"]) > 1 and is_id(row["id"])}
            self._last_seq = str(data["last_seq"])
            if len(rows) < _PAGE_SIZE:
                return

    async def _live_leaves(self, server: ServerCapabilities, ids: list[str]) -> dict[str, list[LeafRevision]]:
        """The leaves that are not deleted, by id, the winning one first."""
        leaves_by_id: dict[str, list[LeafRevision]] = {id: [] for id in ids}
        for leaf in await self._database.all_leaves(server, ids):
            if leaf.body is not None:
                leaves_by_id[leaf.id].append(leaf)
        return {id: sorted(leaves, key=lambda leaf: leaf.rank, reverse=True) for id, leaves in leaves_by_id.items()}


def _record(leaf: LeafRevision) -> Record:
    return Record(leaf.id, leaf.rev, leaf.body or {})
