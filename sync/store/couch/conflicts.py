"""Records of which CouchDB keeps several versions, left by replication or a cluster: found by following the changes, settled by one write.

`_changes?style=all_docs` names every version without reading a document; the position of the last look is kept, so that only the
first one of a process goes through the whole database. No index of CouchDB's own, so no script has to run inside it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sync.store.contract import Body, Later, Outcome, Record, Room, Saved, Split, Stale, Write
from sync.store.couch.database import Database, Leaf, Server
from sync.store.limits import is_id

_PAGE = 5000

Writer = Callable[[Room, Sequence[Write]], Awaitable[list[Outcome]]]


class Splits:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._since = "0"
        self._suspects: set[str] = set()

    async def all(self, server: Server) -> list[Split]:
        await self._look()
        versions = await self._versions(server, sorted(self._suspects))
        self._suspects = {id for id, leaves in versions.items() if len(leaves) > 1}
        return [Split(id, tuple(map(_record, versions[id]))) for id in sorted(self._suspects)]

    async def settle(
        self, server: Server, id: str, body: Body, revs: Sequence[str], write: Writer, room: Room
    ) -> Outcome:
        """First the text that stays, then the others go: whatever happens between leaves nothing lost and the split still found."""
        leaves = (await self._versions(server, [id]))[id]
        if not leaves or {leaf.rev for leaf in leaves} != set(revs):
            return Stale(id, _record(leaves[0]) if leaves else None)
        [outcome] = await write(room, [Write(id, body, leaves[0].rev)])
        if not isinstance(outcome, Saved) or len(leaves) == 1:
            return outcome
        for leaf in leaves[1:]:  # CouchDB takes no id twice in one request
            gone = json.dumps({"docs": [{"_id": id, "_rev": leaf.rev, "_deleted": True}]})
            status, rows = await self._database.bulk(gone.encode())
            if status != 201 or "error" in rows[0]:
                return Later(id)
        return outcome

    async def _look(self) -> None:
        while True:
            data: dict[str, Any] = await self._database.call(
                lambda database: database.changes(since=self._since, limit=_PAGE, style="all_docs")
            )
            rows = data["results"]
            self._suspects |= {row["id"] for row in rows if len(row["changes"]) > 1 and is_id(row["id"])}
            self._since = str(data["last_seq"])
            if len(rows) < _PAGE:
                return

    async def _versions(self, server: Server, ids: list[str]) -> dict[str, list[Leaf]]:
        """The living versions by id, the one that is shown first."""
        leaves = await self._database.every_leaf(server, ids)
        found: dict[str, list[Leaf]] = {id: [] for id in ids}
        for leaf in leaves:
            if leaf.body is not None:
                found[leaf.id].append(leaf)
        return {id: sorted(some, key=lambda leaf: leaf.rank, reverse=True) for id, some in found.items()}


def _record(leaf: Leaf) -> Record:
    return Record(leaf.id, leaf.rev, leaf.body or {})
