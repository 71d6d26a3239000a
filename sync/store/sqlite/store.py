"""The store backend for a SQLite file, which several processes of one machine may share.

`Saved` means that the write-ahead log is on the disk (`synchronous=FULL`). The store has its own threads because
sqlite3 blocks, and because a single writer can commit many requests in one transaction.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from sync.errors import KunnafoniError, Refused, Unavailable
from sync.store.change_signal import ChangeSignal
from sync.store.contract import (
    Blob,
    Body,
    Changes,
    Collection,
    ConflictedRecord,
    HealthIssue,
    Outcome,
    Record,
    Stale,
    Write,
)
from sync.store.limits import check_blob, check_id, encode_writes
from sync.store.sqlite.file import SqliteFile
from sync.store.sqlite.health import check_health, repair_permissions
from sync.store.sqlite.identity import has_tables, read_identity, rewrite_header, write_identity
from sync.store.sqlite.threads import ReaderPool, WriterThread
from sync.store.sqlite.writes import write_all

_POLL_INTERVAL = 0.2  # seconds between polls while a caller waits for changes
_BATCH_SIZE = 500  # parameters of one statement; the limit of older SQLite versions is 999


class SqliteStore:
    def __init__(self, path: Path, busy_timeout: float = 5.0) -> None:
        self._file = SqliteFile(path, busy_timeout)
        self._writer = WriterThread(self._file)
        self._readers = ReaderPool(self._file)
        self._change_signal = ChangeSignal(_POLL_INTERVAL)

    async def prepare(self) -> None:
        await asyncio.to_thread(self._create)
        await asyncio.wrap_future(self._writer.submit(lambda connection: None))
        await asyncio.to_thread(repair_permissions, self._file)

    def _create(self) -> None:
        with self._file.translate_errors():
            self._file.create()

    async def get(self, collection: Collection, id: str) -> Record | None:
        return (await self.get_many(collection, [id])).get(id)

    async def get_many(self, collection: Collection, ids: Sequence[str]) -> dict[str, Record]:
        unique_ids = list(dict.fromkeys(ids))
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _get_many(connection, collection, unique_ids))
        )

    async def existing_ids(self, collection: Collection, ids: Sequence[str]) -> set[str]:
        unique_ids = list(dict.fromkeys(ids))
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _existing_ids(connection, collection, unique_ids))
        )

    async def scan(self, collection: Collection, start: str, end: str, limit: int = 1000) -> list[Record]:
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _scan(connection, collection, start, end, limit))
        )

    async def write(self, collection: Collection, writes: Sequence[Write]) -> list[Outcome]:
        encoded = encode_writes(writes)
        outcomes = await asyncio.wrap_future(
            self._writer.submit(lambda connection: write_all(connection, collection, encoded))
        )
        self._change_signal.notify(collection)
        return outcomes

    async def changes(self, collection: Collection, cursor: str | None = None, limit: int = 1000) -> Changes:
        seq = _parse_cursor(cursor)
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _changes(connection, collection, seq, limit))
        )

    async def wait_for_changes(self, collection: Collection, cursor: str, timeout: float) -> None:
        async def has_changed(seconds: float) -> bool:
            return bool((await self.changes(collection, cursor, 1)).ids)

        await self._change_signal.wait_until(collection, has_changed, timeout)

    async def put_blob(self, collection: Collection, blob: Blob) -> None:
        check_blob(blob)
        await asyncio.wrap_future(self._writer.submit(lambda connection: _put_blob(connection, collection, blob)))

    async def get_blob(self, collection: Collection, digest: str) -> Blob | None:
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _get_blob(connection, collection, digest))
        )

    async def delete_blob(self, collection: Collection, digest: str) -> None:
        await asyncio.wrap_future(self._writer.submit(lambda connection: _delete_blob(connection, collection, digest)))

    async def blob_digests(self, collection: Collection, after: str = "", limit: int = 1000) -> list[str]:
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _blob_digests(connection, collection, after, limit))
        )

    async def conflicts(self, collection: Collection) -> list[ConflictedRecord]:
        return []  # one file has one version

    async def resolve_conflict(self, collection: Collection, id: str, body: Body, revs: Sequence[str]) -> Outcome:
        record = await self.get(collection, id)
        if record is None or list(revs) != [record.rev]:
            return Stale(id, record)
        return (await self.write(collection, [Write(id, body, record.rev)]))[0]

    async def check_health(self) -> list[HealthIssue]:
        return await asyncio.to_thread(check_health, self._file)

    async def identities(self) -> dict[Collection, str]:
        if not await asyncio.to_thread(self._is_present):
            return {}
        return await asyncio.wrap_future(
            self._readers.submit(
                lambda connection: (
                    dict.fromkeys(Collection, read_identity(connection)) if has_tables(connection) else {}
                )
            )
        )

    def _is_present(self) -> bool:
        self._file.require_in_place()
        return self._file.path.exists()

    async def establish_identity(self, identity: str, replace: bool = False) -> str:
        return await asyncio.wrap_future(
            self._writer.submit(lambda connection: write_identity(connection, identity, replace))
        )

    @property
    def write_failure(self) -> KunnafoniError | None:
        return self._writer.status.failure

    async def settle_erasures(self) -> None:
        """Do nothing: an erasure is finished when `erase` returns."""

    async def probe_writes(self) -> None:
        await asyncio.wrap_future(self._writer.submit(rewrite_header))

    async def erase(self, collection: Collection, ids: Sequence[str]) -> None:
        """Overwrite the rows with zeros (`secure_delete`), then truncate the write-ahead log that still has them."""
        valid_ids = [check_id(id) for id in ids]
        await asyncio.wrap_future(
            self._writer.submit(lambda connection: _erase(connection, collection, valid_ids), after=_truncate_log)
        )

    async def close(self) -> None:
        self._change_signal.close()
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.close)


def _record(id: str, rev: str, body_json: str) -> Record:
    return Record(id, rev, json.loads(body_json))


def _get_many(connection: sqlite3.Connection, collection: Collection, ids: list[str]) -> dict[str, Record]:
    rows = _select_by_id(connection, "id, rev, body", collection, ids)
    return {id: _record(id, rev, body_json) for id, rev, body_json in rows}


def _existing_ids(connection: sqlite3.Connection, collection: Collection, ids: list[str]) -> set[str]:
    return {id for (id,) in _select_by_id(connection, "id", collection, ids)}


def _select_by_id(
    connection: sqlite3.Connection, columns: str, collection: Collection, ids: list[str]
) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(ids), _BATCH_SIZE):
        batch = ids[start : start + _BATCH_SIZE]
        placeholders = ",".join("?" * len(batch))
        query = f"SELECT {columns} FROM record WHERE room = ? AND body IS NOT NULL AND id IN ({placeholders})"  # noqa: S608
        yield from connection.execute(query, (collection.value, *batch))


def _scan(connection: sqlite3.Connection, collection: Collection, start: str, end: str, limit: int) -> list[Record]:
    rows = connection.execute(
        "SELECT id, rev, body FROM record WHERE room = ? AND id >= ? AND id < ? AND body IS NOT NULL "
        "ORDER BY id LIMIT ?",
        (collection.value, start, end, max(limit, 0)),
    )
    return [_record(*row) for row in rows]


def _parse_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise Refused("store-cursor", "Cette position dans les changements ne vient pas d’ici.")
    return int(cursor)


def _changes(connection: sqlite3.Connection, collection: Collection, seq: int, limit: int) -> Changes:
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'record'").fetchone()
    if seq > (last[0] if last else 0):
        seq = 0  # a cursor from before an older backup was restored: everything may be new
    rows = connection.execute(
        "SELECT seq, id FROM record WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?", (collection.value, seq, limit + 1)
    ).fetchall()
    page = rows[:limit]
    return Changes(tuple(id for _, id in page), str(page[-1][0] if page else seq), len(rows) > limit)


def _put_blob(connection: sqlite3.Connection, collection: Collection, blob: Blob) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO blob (room, digest, type, data) VALUES (?, ?, ?, ?)",
        (collection.value, blob.digest, blob.type, blob.data),
    )


def _get_blob(connection: sqlite3.Connection, collection: Collection, digest: str) -> Blob | None:
    row = connection.execute(
        "SELECT type, data FROM blob WHERE room = ? AND digest = ?", (collection.value, digest)
    ).fetchone()
    return Blob(digest, row[0], row[1]) if row else None


def _delete_blob(connection: sqlite3.Connection, collection: Collection, digest: str) -> None:
    connection.execute("DELETE FROM blob WHERE room = ? AND digest = ?", (collection.value, digest))


def _blob_digests(connection: sqlite3.Connection, collection: Collection, after: str, limit: int) -> list[str]:
    rows = connection.execute(
        "SELECT digest FROM blob WHERE room = ? AND digest > ? ORDER BY digest LIMIT ?",
        (collection.value, after, max(limit, 0)),
    )
    return [digest for (digest,) in rows]


def _erase(connection: sqlite3.Connection, collection: Collection, ids: list[str]) -> None:
    connection.executemany("DELETE FROM record WHERE room = ? AND id = ?", [(collection.value, id) for id in ids])


def _truncate_log(connection: sqlite3.Connection) -> None:
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Unavailable(
            "store-erasing", "L’effacement n’est pas terminé : un autre programme lit encore.", "Recommencez plus tard."
        )
