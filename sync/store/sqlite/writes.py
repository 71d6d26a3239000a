"""Writes to one room of a SQLite file, each judged alone, inside the writer's transaction.

Many new records of one call go in by one statement. Why: sqlite3 hands the interpreter's lock over around every statement, and each time a
busy server may keep it for milliseconds; one statement of three hundred rows waits for it once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from sync.canonical import digest
from sync.store.contract import Collection, Outcome, Record, Saved, Stale
from sync.store.limits import EncodedWrite, json_equal

_ROWS_PER_INSERT = 250  # of one statement: 1,000 parameters, which every SQLite takes


def write_all(connection: sqlite3.Connection, collection: Collection, encoded: Sequence[EncodedWrite]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for at in range(0, len(encoded), _ROWS_PER_INSERT):
        part = encoded[at : at + _ROWS_PER_INSERT]
        outcomes += _insert_all(connection, collection, part) or [_write(connection, collection, one) for one in part]
    return outcomes


def _insert_all(
    connection: sqlite3.Connection, collection: Collection, encoded: Sequence[EncodedWrite]
) -> list[Outcome]:
    """All of them as new records, or none: then the list is empty and each has to be judged."""
    if any(one.write.rev is not None or one.body_json is None for one in encoded):
        return []
    rows = [(collection.value, one.id, _next_revision(None, one.body_json), one.body_json) for one in encoded]
    marks = ",".join(["(?,?,?,?)"] * len(rows))
    try:
        connection.execute(
            f"INSERT INTO record (room, id, rev, body) VALUES {marks}",  # noqa: S608 -- marks only
            [value for row in rows for value in row],
        )
    except sqlite3.IntegrityError:  # an id that is there, or twice in the call: the statement left nothing
        return []
    return [Saved(id, rev) for _, id, rev, _ in rows]


def _write(connection: sqlite3.Connection, collection: Collection, encoded: EncodedWrite) -> Outcome:
    write, text = encoded.write, encoded.body_json
    row = connection.execute(
        "SELECT rev, body FROM record WHERE room = ? AND id = ?", (collection.value, write.id)
    ).fetchone()
    rev: str | None = row and row[0]
    current: str | None = row and row[1]
    if rev is not None and _bodies_equal(current, text):
        return Saved(write.id, rev)
    if write.rev != rev and (write.rev is not None or current is not None):
        return Stale(write.id, Record(write.id, row[0], json.loads(current)) if current is not None else None)
    after = _next_revision(rev, text)
    connection.execute(
        "REPLACE INTO record (room, id, rev, body) VALUES (?, ?, ?, ?)", (collection.value, write.id, after, text)
    )
    return Saved(write.id, after)


def _bodies_equal(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or json_equal(json.loads(one), json.loads(other))


def _next_revision(rev: str | None, text: str | None) -> str:
    # Chained, so that a restored backup never gives a revision that stood for something else.
    number = int(rev.split("-")[0]) if rev else 0
    return f"{number + 1}-{digest(f'{rev} {text}')[:22]}"
