"""Writes to one collection of a SQLite file, each evaluated on its own, inside the writer's transaction.

New records of one call are inserted by a single statement: sqlite3 releases the interpreter lock around each statement,
and on a busy server every release can cost milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from sync.canonical import digest
from sync.store.contract import Collection, Outcome, Record, Saved, Stale
from sync.store.limits import EncodedWrite, json_equal

_ROWS_PER_INSERT = 250  # 1,000 parameters, which every supported SQLite accepts


def write_all(connection: sqlite3.Connection, collection: Collection, encoded: Sequence[EncodedWrite]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for start in range(0, len(encoded), _ROWS_PER_INSERT):
        batch = encoded[start : start + _ROWS_PER_INSERT]
        outcomes += _insert_all(connection, collection, batch) or [
            _write(connection, collection, write) for write in batch
        ]
    return outcomes


def _insert_all(
    connection: sqlite3.Connection, collection: Collection, encoded: Sequence[EncodedWrite]
) -> list[Outcome]:
    """Insert all writes as new records, or return an empty list: then each must be evaluated on its own."""
    if any(write.write.rev is not None or write.body_json is None for write in encoded):
        return []
    rows = [(collection.value, write.id, _next_revision(None, write.body_json), write.body_json) for write in encoded]
    placeholders = ",".join(["(?,?,?,?)"] * len(rows))
    try:
        connection.execute(
            f"INSERT INTO record (room, id, rev, body) VALUES {placeholders}",  # noqa: S608 -- placeholders only
            [value for row in rows for value in row],
        )
    except sqlite3.IntegrityError:  # an id exists or is twice in the call; the statement inserted nothing
        return []
    return [Saved(id, rev) for _, id, rev, _ in rows]


def _write(connection: sqlite3.Connection, collection: Collection, encoded: EncodedWrite) -> Outcome:
    write, body_json = encoded.write, encoded.body_json
    row = connection.execute(
        "SELECT rev, body FROM record WHERE room = ? AND id = ?", (collection.value, write.id)
    ).fetchone()
    rev: str | None = row and row[0]
    current_json: str | None = row and row[1]
    if rev is not None and _bodies_equal(current_json, body_json):
        return Saved(write.id, rev)
    if write.rev != rev and (write.rev is not None or current_json is not None):
        return Stale(write.id, Record(write.id, row[0], json.loads(current_json)) if current_json is not None else None)
    new_rev = _next_revision(rev, body_json)
    connection.execute(
        "REPLACE INTO record (room, id, rev, body) VALUES (?, ?, ?, ?)",
        (collection.value, write.id, new_rev, body_json),
    )
    return Saved(write.id, new_rev)


def _bodies_equal(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or json_equal(json.loads(one), json.loads(other))


def _next_revision(rev: str | None, body_json: str | None) -> str:
    # Chained, so that after restoring a backup no revision is reused for another body.
    number = int(rev.split("-")[0]) if rev else 0
    return f"{number + 1}-{digest(f'{rev} {body_json}')[:22]}"
