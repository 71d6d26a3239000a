"""The identity of a SQLite file: the only row of a table of its own, which earlier releases do not have and ignore.

All collections are in one file, so they share the identity. Called inside the transactions of the store's threads.
"""

from __future__ import annotations

import sqlite3

_TABLE = "CREATE TABLE IF NOT EXISTS identity (id INTEGER PRIMARY KEY CHECK (id = 1), identity TEXT NOT NULL)"


def read_identity(connection: sqlite3.Connection) -> str:
    """The identity; "" for none."""
    if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'identity'").fetchone()[0]:
        return ""
    row = connection.execute("SELECT identity FROM identity").fetchone()
    return str(row[0]) if row else ""


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
