"""The store backend for CouchDB 3: a single node, a cluster, or a hub replicated by CouchDB itself.

Each collection is a database named `{prefix}-{collection}`. On a cluster `get`, `get_many` and writes use a quorum;
`scan` and `changes` read one replica of each shard, as CouchDB does, and may lag a moment behind other processes and
behind a node that has just come back.

`erase` purges every revision and waits for the compaction. Each node and hub erases for itself, because CouchDB does
not replicate purges. CouchDB still remembers the purged id, but not the content. On pouchdb-server, which has neither
purge nor awaitable compaction, an erased record is only deleted.
"""

from __future__ import annotations

from collections.abc import Sequence

from sync.errors import KunnafoniError
from sync.store.change_signal import ChangeSignal
from sync.store.contract import Blob, Body, Changes, Collection, ConflictedRecord, HealthIssue, Outcome, Record, Write
from sync.store.couch.blobs import delete_blob, get_blob, list_digests, put_blob
from sync.store.couch.client import CouchClient
from sync.store.couch.conflicts import ConflictTracker
from sync.store.couch.database import CouchDatabase, ServerCapabilities
from sync.store.couch.erasure import erase, settle_erasure
from sync.store.couch.health import check_health
from sync.store.couch.identity import establish_identity, read_identities
from sync.store.couch.read_your_writes import RecentWrites, overlay_recent
from sync.store.couch.setup import create_database, detect_server
from sync.store.couch.writes import CouchWriter
from sync.store.iteration import END_OF_IDS
from sync.store.limits import check_blob, check_id, encode_writes, is_digest
from sync.store.write_status import WriteStatus, not_durable

_PAGE_SIZE = 1000
_POLL_INTERVAL = 0.5  # seconds between long polls; CouchDB answers each of them only at a change


class CouchStore:
    def __init__(self, client: CouchClient, prefix: str) -> None:
        self._client = client
        self._databases = {collection: CouchDatabase(client, f"{prefix}-{collection}") for collection in Collection}
        self._listening_client = client.with_own_threads()  # own threads, because a long poll blocks one
        self._listening_databases = {
            collection: CouchDatabase(self._listening_client, database.name)
            for collection, database in self._databases.items()
        }
        self._capabilities: ServerCapabilities | None = None
        self._writers: dict[Collection, CouchWriter] = {}
        self._write_statuses = {collection: WriteStatus() for collection in Collection}
        self._recent = {collection: RecentWrites() for collection in Collection}
        self._change_signal = ChangeSignal(_POLL_INTERVAL)
        self._conflict_trackers = {
            collection: ConflictTracker(database) for collection, database in self._databases.items()
        }

    async def prepare(self) -> None:
        await self._detect_once()
        for database in self._databases.values():
            await create_database(self._client, database)

    async def get(self, collection: Collection, id: str) -> Record | None:
        return (await self.get_many(collection, [id])).get(id)

    async def get_many(self, collection: Collection, ids: Sequence[str]) -> dict[str, Record]:
        leaves = await self._databases[collection].winning_leaves(await self._detect_once(), ids)
        return {leaf.id: Record(leaf.id, leaf.rev, leaf.body) for leaf in leaves.values() if leaf.body is not None}

    async def existing_ids(self, collection: Collection, ids: Sequence[str]) -> set[str]:
        recent_ids = set(self._recent[collection].ids_between("", END_OF_IDS)).intersection(ids)
        current = await self.get_many(collection, list(recent_ids)) if recent_ids else {}
        others = [id for id in dict.fromkeys(ids) if id not in recent_ids]
        return current.keys() | await self._databases[collection].existing_ids(others)

    async def scan(self, collection: Collection, start: str, end: str, limit: int = 1000) -> list[Record]:
        records: list[Record] = []
        if limit <= 0 or start >= end:
            return records
        recent_ids = self._recent[collection].ids_between(start, end)
        current = await self.get_many(collection, recent_ids) if recent_ids else {}
        async for record in overlay_recent(
            self._databases[collection].iterate_records(start, end, min(limit, _PAGE_SIZE)), recent_ids, current
        ):
            records.append(record)
            if len(records) == limit:
                break
        return records

    async def write(self, collection: Collection, writes: Sequence[Write]) -> list[Outcome]:
        encoded = encode_writes(writes)
        writer = await self._writer(collection)
        if await self._databases[collection].write_quorum() > 1:
            self._recent[collection].add(writes)
        outcomes = await writer.write(encoded)
        self._change_signal.notify(collection)
        return outcomes

    async def changes(self, collection: Collection, cursor: str | None = None, limit: int = 1000) -> Changes:
        ids: list[str] = []
        while True:
            page = await self._databases[collection].changes(cursor, min(limit - len(ids), _PAGE_SIZE))
            ids += page.ids
            cursor = page.cursor
            if not page.more or len(ids) == limit:
                return Changes(tuple(ids), cursor, page.more)

    async def wait_for_changes(self, collection: Collection, cursor: str, timeout: float) -> None:
        server = await self._detect_once()

        async def has_changed(seconds: float) -> bool:
            nonlocal cursor
            changes = await self._listening_databases[collection].wait_for_changes(
                server, cursor, _PAGE_SIZE, min(seconds, self._listening_client.timeout / 2)
            )
            cursor = changes.cursor  # blobs advance it without being records
            return bool(changes.ids)

        await self._change_signal.wait_until(collection, has_changed, timeout)

    async def put_blob(self, collection: Collection, blob: Blob) -> None:
        check_blob(blob)
        await put_blob(self._databases[collection], blob)

    async def get_blob(self, collection: Collection, digest: str) -> Blob | None:
        return await get_blob(self._databases[collection], digest) if is_digest(digest) else None

    async def delete_blob(self, collection: Collection, digest: str) -> None:
        if is_digest(digest):
            await delete_blob(self._databases[collection], digest)

    async def blob_digests(self, collection: Collection, after: str = "", limit: int = 1000) -> list[str]:
        return await list_digests(self._databases[collection], after, limit)

    async def conflicts(self, collection: Collection) -> list[ConflictedRecord]:
        return await self._conflict_trackers[collection].list_conflicts(await self._detect_once())

    async def resolve_conflict(self, collection: Collection, id: str, body: Body, revs: Sequence[str]) -> Outcome:
        return await self._conflict_trackers[collection].resolve(
            await self._detect_once(), check_id(id), body, revs, self.write, collection
        )

    async def check_health(self) -> list[HealthIssue]:
        return await check_health(self._client, await self._detect_once(), self._databases.values())

    async def identities(self) -> dict[Collection, str]:
        return await read_identities(self._databases, await self._detect_once())

    async def establish_identity(self, identity: str, replace: bool = False) -> str:
        return await establish_identity(self._databases, await self._detect_once(), identity, replace)

    @property
    def write_failure(self) -> KunnafoniError | None:
        return next((status.failure for status in self._write_statuses.values() if status.failure), None)

    async def probe_writes(self) -> None:
        for collection, status in self._write_statuses.items():
            if status.failure:
                if await self._databases[collection].probe_writes() != 201:
                    raise not_durable()
                status.record_success()

    async def erase(self, collection: Collection, ids: Sequence[str]) -> None:
        await erase(self._databases[collection], await self._detect_once(), [check_id(id) for id in ids])

    async def settle_erasures(self) -> None:
        if (await self._detect_once()).is_couchdb:
            for database in self._databases.values():
                await settle_erasure(database)

    async def close(self) -> None:
        self._change_signal.close()
        await self._listening_client.abort()
        for writer in self._writers.values():
            await writer.finish()
        await self._client.close()

    async def _detect_once(self) -> ServerCapabilities:
        if self._capabilities is None:
            self._capabilities = await detect_server(self._client)
        return self._capabilities

    async def _writer(self, collection: Collection) -> CouchWriter:
        if collection not in self._writers:
            server, quorum = await self._detect_once(), await self._databases[collection].write_quorum()
            writer = CouchWriter(self._databases[collection], server, quorum, self._write_statuses[collection])
            self._writers.setdefault(collection, writer)
        return self._writers[collection]
