"""Migrations of a SQLite store: each leads from one schema to the next, and the first creates the tables.

A later release appends to `MIGRATIONS` and changes no earlier one. A file is migrated once, when a newer program opens
it, after a copy (`file.py`); an older program refuses it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """`version`: the schema that it leads to, `user_version` of the file. `statements`: in order."""

    version: int
    statements: tuple[str, ...]


def run_migrations(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Run them inside the connection's transaction, so that a file has all of them or none."""
    for migration in migrations:
        for statement in migration.statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {migration.version}")


# `seq` grows with every write and is never reused, even for erased records: it is the cursor of `changes`.
# The row of a deleted record remains without a body, so that its deletion is reported and its revisions continue.
_TABLES = """
CREATE TABLE record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    room TEXT NOT NULL,
    id TEXT NOT NULL,
    rev TEXT NOT NULL,
    body TEXT,
    UNIQUE (room, id)
);
CREATE INDEX record_changes ON record (room, seq);
CREATE TABLE blob (
    room TEXT NOT NULL,
    digest TEXT NOT NULL,
    type TEXT NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (room, digest)
);
"""

MIGRATIONS = (Migration(1, tuple(_TABLES.split(";\n"))),)
