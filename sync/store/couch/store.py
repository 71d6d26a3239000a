"""The store in CouchDB 3: one node, a cluster, or a hub whose copies CouchDB itself replicates. Rooms are databases `{prefix}-{room}`.

On a cluster `get`, `get_many` and writes ask a quorum; `scan` and `changes` ask one copy of each shard, as CouchDB does,
and may miss for a moment what another process just wrote or what a node that just came back has not caught up with.

`erase` purges every revision and waits for the compaction; each node and hub erases for itself, CouchDB does not replicate purges.
CouchDB still remembers that the id was purged, not what it held. On pouchdb-server, which can do neither, an erased record is only deleted.
"""

from __future__ import annotations

from collections.abc import Sequence

from sync.store.change_signal import Waiting
from sync.store.contract import Blob, Body, Changes, Flaw, Outcome, Record, Room, Split, Write
from sync.store.couch.blobs import drop, held, keep, kept
from sync.store.couch.client import Link
from sync.store.couch.conflicts import Splits
from sync.store.couch.database import Database, Server
from sync.store.couch.erasure import erase
from sync.store.couch.health import examine
from sync.store.couch.read_your_writes import Recent, overlaid
from sync.store.couch.setup import make, probe
from sync.store.couch.writes import Writes
from sync.store.limits import check_blob, check_id, check_writes, is_digest

_PAGE = 1000
_PERIOD = 0.5  # seconds between questions while somebody waits; CouchDB answers each only when something has changed


class CouchStore:
    def __init__(self, link: Link, prefix: str) -> None:
        self._link = link
        self._databases = {room: Database(link, f"{prefix}-{room}") for room in Room}
        self._ears = link.another()  # whoever waits for CouchDB holds a thread: never one that others need
        self._listened = {room: Database(self._ears, database.name) for room, database in self._databases.items()}
        self._known: Server | None = None
        self._writes: dict[Room, Writes] = {}
        self._recent = {room: Recent() for room in Room}
        self._waiting = Waiting(_PERIOD)
        self._splits = {room: Splits(database) for room, database in self._databases.items()}

    async def prepare(self) -> None:
        await self._server()
        for database in self._databases.values():
            await make(self._link, database)

    async def get(self, room: Room, id: str) -> Record | None:
        return (await self.get_many(room, [id])).get(id)

    async def get_many(self, room: Room, ids: Sequence[str]) -> dict[str, Record]:
        latest = await self._databases[room].latest(await self._server(), ids)
        return {leaf.id: Record(leaf.id, leaf.rev, leaf.body) for leaf in latest.values() if leaf.body is not None}

    async def scan(self, room: Room, start: str, end: str, limit: int = 1000) -> list[Record]:
        records: list[Record] = []
        if limit <= 0 or start >= end:
            return records
        recent = self._recent[room].between(start, end)
        known = await self.get_many(room, recent) if recent else {}
        async for record in overlaid(self._databases[room].rows(start, end, min(limit, _PAGE)), recent, known):
            records.append(record)
            if len(records) == limit:
                break
        return records

    async def write(self, room: Room, writes: Sequence[Write]) -> list[Outcome]:
        checked = check_writes(writes)
        writer = await self._writer(room)
        if await self._databases[room].copies() > 1:
            self._recent[room].note(writes)
        outcomes = await writer.write(checked)
        self._waiting.wake(room)
        return outcomes

    async def changes(self, room: Room, cursor: str | None = None, limit: int = 1000) -> Changes:
        ids: list[str] = []
        while True:
            page = await self._databases[room].changed(cursor, min(limit - len(ids), _PAGE))
            ids += page.ids
            cursor = page.cursor
            if not page.more or len(ids) == limit:
                return Changes(tuple(ids), cursor, page.more)

    async def wait(self, room: Room, cursor: str, timeout: float) -> None:
        server = await self._server()

        async def changed(seconds: float) -> bool:
            nonlocal cursor
            seen = await self._listened[room].news(server, cursor, _PAGE, min(seconds, self._ears.timeout / 2))
            cursor = seen.cursor  # blobs move it without being records: they are not looked at again
            return bool(seen.ids)

        await self._waiting.until(room, changed, timeout)

    async def put_blob(self, room: Room, blob: Blob) -> None:
        check_blob(blob)
        await keep(self._databases[room], blob)

    async def get_blob(self, room: Room, digest: str) -> Blob | None:
        return await kept(self._databases[room], digest) if is_digest(digest) else None

    async def drop_blob(self, room: Room, digest: str) -> None:
        if is_digest(digest):
            await drop(self._databases[room], digest)

    async def blobs(self, room: Room, after: str = "", limit: int = 1000) -> list[str]:
        return await held(self._databases[room], after, limit)

    async def splits(self, room: Room) -> list[Split]:
        return await self._splits[room].all(await self._server())

    async def settle(self, room: Room, id: str, body: Body, revs: Sequence[str]) -> Outcome:
        return await self._splits[room].settle(await self._server(), check_id(id), body, revs, self.write, room)

    async def examine(self) -> list[Flaw]:
        return await examine(self._link, await self._server(), self._databases.values())

    async def erase(self, room: Room, ids: Sequence[str]) -> None:
        await erase(self._databases[room], await self._server(), [check_id(id) for id in ids])

    async def close(self) -> None:
        self._waiting.close()
        await self._ears.cut()
        for writer in self._writes.values():
            await writer.finish()
        await self._link.close()

    async def _server(self) -> Server:
        if self._known is None:
            self._known = await probe(self._link)
        return self._known

    async def _writer(self, room: Room) -> Writes:
        if room not in self._writes:
            server, copies = await self._server(), await self._databases[room].copies()
            self._writes.setdefault(room, Writes(self._databases[room], server, copies))
        return self._writes[room]
