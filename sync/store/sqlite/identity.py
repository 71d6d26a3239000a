"""The identity of a SQLite file: the only row of a table of its own, which earlier releases do not have and ignore.

All collections are in one file, so they share the identity. Called inside the transactions of the store's threads.
"""

from __future__ import annotations

import sqlite3

_TABLE = "CREATE TABLE IF NOT EXISTS identity (id INTEGER PRIMARY KEY CHECK (id = 1), identity TEXT NOT NULL)"


def has_tables(connection: sqlite3.Connection) -> bool:
    """False for a file that another process has created and not filled yet."""
    return _has_table(connection, "record")


def read_identity(connection: sqlite3.Connection) -> str:
    """The identity; "" for none."""
    if not _has_table(connection, "identity"):
        return ""
    row = connection.execute("SELECT identity FROM identity").fetchone()
    return str(row[0]) if row else ""


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
    return bool(connection.execute(query, (name,)).fetchone()[0])


def write_identity(connection: sqlite3.Connection, identity: str, replace: bool) -> str:
    """Store the identity unless there is one and `replace` is False; return the one in force."""
    current = read_identity(connection)
    if current and (not replace or current == identity):
        return current
    connection.execute(_TABLE)
    connection.execute("REPLACE INTO identity (id, identity) VALUES (1, ?)", (identity,))
    return identity


def rewrite_header(connection: sqlite3.Connection) -> None:
    """Write the file's first page again, unchanged."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {int(version)}")
