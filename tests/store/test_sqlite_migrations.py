"""Migrations of a SQLite store: the first release's store gets the present schema, once, after a copy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from sync.errors import Refused
from sync.store.sqlite.file import SqliteFile
from sync.store.sqlite.migrations import MIGRATIONS, Migration
from tests.support.kept_release import kept_releases

NEXT = Migration(
    MIGRATIONS[-1].version + 1,
    ("ALTER TABLE record ADD COLUMN size INTEGER", "UPDATE record SET size = length(body) WHERE body IS NOT NULL"),
)


def open_file(path: Path, *later: Migration) -> None:
    SqliteFile(path, 20.0, (*MIGRATIONS, *later)).open_writer().close()


def read(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def first_release(tmp_path: Path) -> Path:
    """The store that release 0.1.0 left."""
    kept_releases()[0].unpack("site", tmp_path)
    return tmp_path / "data/kunnafoni.db"


def test_the_first_releases_store_gets_the_schema_of_a_new_one(first_release: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    SqliteFile(new, 1.0).create()
    schema = "SELECT name, sql FROM sqlite_master WHERE name NOT IN ('identity') ORDER BY name"
    for path in (first_release, new):
        open_file(path, NEXT)
    assert read(first_release, schema) == read(new, schema)
    assert read(first_release, "PRAGMA user_version") == read(new, "PRAGMA user_version") == [(NEXT.version,)]
    assert read(first_release, "SELECT count(*) FROM record WHERE body IS NOT NULL AND size IS NULL") == [(0,)]
    assert not list(tmp_path.glob("new.db.schema-*")), "a new store has nothing to be copied"


def test_the_store_is_copied_first_and_migrated_once_by_whoever_comes_first(first_release: Path) -> None:
    records = "SELECT room, id, rev, body FROM record ORDER BY seq"
    before = read(first_release, records)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: open_file(first_release, NEXT), range(4)))
    copy = first_release.with_name(f"{first_release.name}.schema-1")
    assert [path.name for path in first_release.parent.glob("*.schema-*")] == [copy.name]
    assert copy.stat().st_mode & 0o077 == 0
    assert before == read(copy, records) == read(first_release, records)
    assert read(copy, "PRAGMA user_version") == [(1,)]
    open_file(copy)  # the program before goes on with it
    with pytest.raises(Refused) as refused:
        open_file(first_release)
    assert refused.value.code == "store-newer"


def test_a_migration_that_fails_changes_nothing(first_release: Path) -> None:
    broken = Migration(NEXT.version, (*NEXT.statements, "UPDATE nowhere SET a = 1"))
    with pytest.raises(sqlite3.OperationalError):
        open_file(first_release, broken)
    assert read(first_release, "PRAGMA user_version") == [(1,)]
    open_file(first_release, NEXT)
    assert read(first_release, "PRAGMA user_version") == [(NEXT.version,)]


def test_the_copy_is_durable_before_anything_is_migrated(first_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, list[str], int]] = []
    copy = f"{first_release.name}.schema-1"

    def sync(descriptor: int, original: Callable[[int], None] = os.fsync) -> None:
        original(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        schema = read(first_release, "PRAGMA user_version")[0][0]
        synced.append(
            (path.name, sorted(file.name for file in first_release.parent.glob("*.schema-1*")), int(str(schema)))
        )

    monkeypatch.setattr(os, "fsync", sync)
    open_file(first_release, NEXT)
    assert synced == [(f"{copy}.part", [f"{copy}.part"], 1), (first_release.parent.name, [copy], 1)]
