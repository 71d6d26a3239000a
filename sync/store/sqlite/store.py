"""The store in one SQLite file. `Saved` means that the write-ahead log is on the disk (`synchronous=FULL`).

Several processes may share the file on one machine.
Why threads of our own: sqlite3 blocks, and one writer can commit many requests at once.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sync.errors import Refused, Unavailable
from sync.store.change_signal import Waiting
from sync.store.contract import Blob, Body, Changes, Flaw, Outcome, Record, Room, Split, Stale, Write
from sync.store.limits import check_blob, check_id, check_writes
from sync.store.sqlite.file import File
from sync.store.sqlite.health import examine, mend
from sync.store.sqlite.threads import Readers, Writer
from sync.store.sqlite.writes import write_all

_PERIOD = 0.2  # seconds between looks while somebody waits
_SLICE = 500  # parameters in one statement; SQLite's own limit was 999 for long


class SqliteStore:
    def __init__(self, path: Path, patience: float = 5.0) -> None:
        self._file = File(path, patience)
        self._writer = Writer(self._file)
        self._readers = Readers(self._file)
        self._waiting = Waiting(_PERIOD)

    async def prepare(self) -> None:
        await asyncio.wrap_future(self._writer.submit(lambda connection: None))
        await asyncio.to_thread(mend, self._file)

    async def get(self, room: Room, id: str) -> Record | None:
        return (await self.get_many(room, [id])).get(id)

    async def get_many(self, room: Room, ids: Sequence[str]) -> dict[str, Record]:
        wanted = list(dict.fromkeys(ids))
        return await asyncio.wrap_future(self._readers.submit(lambda connection: _get_many(connection, room, wanted)))

    async def scan(self, room: Room, start: str, end: str, limit: int = 1000) -> list[Record]:
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _scan(connection, room, start, end, limit))
        )

    async def write(self, room: Room, writes: Sequence[Write]) -> list[Outcome]:
        checked = check_writes(writes)
        outcomes = await asyncio.wrap_future(
            self._writer.submit(lambda connection: write_all(connection, room, checked))
        )
        self._waiting.wake(room)
        return outcomes

    async def changes(self, room: Room, cursor: str | None = None, limit: int = 1000) -> Changes:
        seq = _seq(cursor)
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _changes(connection, room, seq, limit))
        )

    async def wait(self, room: Room, cursor: str, timeout: float) -> None:
        async def changed(seconds: float) -> bool:
            return bool((await self.changes(room, cursor, 1)).ids)

        await self._waiting.until(room, changed, timeout)

    async def put_blob(self, room: Room, blob: Blob) -> None:
        check_blob(blob)
        await asyncio.wrap_future(self._writer.submit(lambda connection: _put_blob(connection, room, blob)))

    async def get_blob(self, room: Room, digest: str) -> Blob | None:
        return await asyncio.wrap_future(self._readers.submit(lambda connection: _get_blob(connection, room, digest)))

    async def drop_blob(self, room: Room, digest: str) -> None:
        await asyncio.wrap_future(self._writer.submit(lambda connection: _drop_blob(connection, room, digest)))

    async def blobs(self, room: Room, after: str = "", limit: int = 1000) -> list[str]:
        return await asyncio.wrap_future(
            self._readers.submit(lambda connection: _blobs(connection, room, after, limit))
        )

    async def splits(self, room: Room) -> list[Split]:
        return []  # one file has one version

    async def settle(self, room: Room, id: str, body: Body, revs: Sequence[str]) -> Outcome:
        record = await self.get(room, id)
        if record is None or list(revs) != [record.rev]:
            return Stale(id, record)
        return (await self.write(room, [Write(id, body, record.rev)]))[0]

    async def examine(self) -> list[Flaw]:
        return await asyncio.to_thread(examine, self._file)

    async def erase(self, room: Room, ids: Sequence[str]) -> None:
        """Deleted bytes are overwritten with zeros, then the log that still held them is emptied."""
        wanted = [check_id(id) for id in ids]
        await asyncio.wrap_future(
            self._writer.submit(lambda connection: _erase(connection, room, wanted), after=_empty_log)
        )

    async def close(self) -> None:
        self._waiting.close()
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.close)


def _record(id: str, rev: str, text: str) -> Record:
    return Record(id, rev, json.loads(text))


def _get_many(connection: sqlite3.Connection, room: Room, ids: list[str]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for at in range(0, len(ids), _SLICE):
        part = ids[at : at + _SLICE]
        marks = ",".join("?" * len(part))
        rows = connection.execute(
            f"SELECT id, rev, body FROM record WHERE room = ? AND body IS NOT NULL AND id IN ({marks})",  # noqa: S608 -- marks only
            (room.value, *part),
        )
        found.update((id, _record(id, rev, text)) for id, rev, text in rows)
    return found


def _scan(connection: sqlite3.Connection, room: Room, start: str, end: str, limit: int) -> list[Record]:
    rows = connection.execute(
        "SELECT id, rev, body FROM record WHERE room = ? AND id >= ? AND id < ? AND body IS NOT NULL ORDER BY id LIMIT ?",
        (room.value, start, end, max(limit, 0)),
    )
    return [_record(*row) for row in rows]


def _seq(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise Refused("store-cursor", "Cette position dans les changements ne vient pas d’ici.")
    return int(cursor)


def _changes(connection: sqlite3.Connection, room: Room, seq: int, limit: int) -> Changes:
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'record'").fetchone()
    if seq > (last[0] if last else 0):
        seq = 0  # a position of before an older backup was restored: everything may be new
    rows = connection.execute(
        "SELECT seq, id FROM record WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?", (room.value, seq, limit + 1)
    ).fetchall()
    kept = rows[:limit]
    return Changes(tuple(id for _, id in kept), str(kept[-1][0] if kept else seq), len(rows) > limit)


def _put_blob(connection: sqlite3.Connection, room: Room, blob: Blob) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO blob (room, digest, type, data) VALUES (?, ?, ?, ?)",
        (room.value, blob.digest, blob.type, blob.data),
    )


def _get_blob(connection: sqlite3.Connection, room: Room, digest: str) -> Blob | None:
    row = connection.execute(
        "SELECT type, data FROM blob WHERE room = ? AND digest = ?", (room.value, digest)
    ).fetchone()
    return Blob(digest, row[0], row[1]) if row else None


def _drop_blob(connection: sqlite3.Connection, room: Room, digest: str) -> None:
    connection.execute("DELETE FROM blob WHERE room = ? AND digest = ?", (room.value, digest))


def _blobs(connection: sqlite3.Connection, room: Room, after: str, limit: int) -> list[str]:
    rows = connection.execute(
        "SELECT digest FROM blob WHERE room = ? AND digest > ? ORDER BY digest LIMIT ?",
        (room.value, after, max(limit, 0)),
    )
    return [digest for (digest,) in rows]


def _erase(connection: sqlite3.Connection, room: Room, ids: list[str]) -> None:
    connection.executemany("DELETE FROM record WHERE room = ? AND id = ?", [(room.value, id) for id in ids])


def _empty_log(connection: sqlite3.Connection) -> None:
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Unavailable(
            "store-erasing", "L’effacement n’est pas terminé : un autre programme lit encore.", "Recommencez plus tard."
        )
