"""SQLite's file: no trace of erased records; full, busy, damaged, foreign and newer files."""

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.errors import KunnafoniError, Refused, Unavailable
from sync.store.contract import Collection, Saved, Store, Write
from sync.store.sqlite.migrations import MIGRATIONS
from sync.store.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio
ROOM = Collection.FEEDBACK


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "kunnafoni.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path, busy_timeout=0.2)
    await store.prepare()
    yield store
    await store.close()


def put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def read(path: Path) -> bytes:
    return path.read_bytes()


def holding(folder: Path, word: bytes) -> list[str]:
    return [file.name for file in folder.iterdir() if word in file.read_bytes()]


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_erased_is_left_in_any_file(store: Store, path: Path, seed: int) -> None:
    chance = random.Random(seed)
    ids = [f"{'secret' if n % 3 else 'kept'}:{n}" for n in range(600)]
    chance.shuffle(ids)
    for id in ids:
        word = "SECRET-WORD " if id.startswith("secret") else "kept "
        (outcome,) = await store.write(ROOM, [Write(id, {"text": word * chance.choice([1, 20, 1000])})])
        assert isinstance(outcome, Saved)
        if chance.random() < 0.3:
            await store.write(
                ROOM, [Write(id, chance.choice([None, {"text": word * chance.choice([1, 300])}]), outcome.rev)]
            )
    assert holding(path.parent, b"SECRET-WORD")
    remaining = len(await store.scan(ROOM, "kept", "kept;"))
    await store.erase(ROOM, [id for id in ids if id.startswith("secret")])
    assert holding(path.parent, b"SECRET-WORD") == []
    assert holding(path.parent, b"secret:") == []
    assert len(await store.scan(ROOM, "", "~")) == remaining > 0


async def test_a_reader_that_stays_holds_up_an_erasure_and_it_says_so(store: Store, path: Path) -> None:
    await store.write(ROOM, [Write("a", {"text": "SECRET-WORD"})])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM record").fetchall()
    with pytest.raises(Unavailable) as unavailable:
        await store.erase(ROOM, ["a"])
    assert unavailable.value.code == "store-erasing"
    reader.close()
    await store.erase(ROOM, ["a"])
    assert holding(path.parent, b"SECRET-WORD") == []


async def test_the_file_is_the_servers_alone(store: Store, path: Path) -> None:
    await store.write(ROOM, [Write("a", {})])
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


async def test_starting_together_on_a_new_file(path: Path) -> None:
    stores = [SqliteStore(path) for _ in range(6)]
    await asyncio.gather(*(store.prepare() for store in stores))
    outcomes = await asyncio.gather(*(store.write(ROOM, [Write(f"{n}", {})]) for n, store in enumerate(stores)))
    assert all(isinstance(outcome, Saved) for (outcome,) in outcomes)
    for store in stores:
        await store.close()


async def test_a_busy_file_is_said_to_be_busy_and_works_afterwards(store: Store, path: Path) -> None:
    await store.write(ROOM, [Write("a", {})])
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable) as unavailable:
        await store.write(ROOM, [Write("b", {})])
    assert unavailable.value.code == "store-busy"
    assert await store.get(ROOM, "a") is not None  # reading goes on
    holder.execute("ROLLBACK")
    holder.close()
    assert isinstance((await store.write(ROOM, [Write("b", {})]))[0], Saved)


@pytest.mark.parametrize("reads", ["before", "between", "never"])
async def test_a_full_disk_loses_nothing_and_works_once_there_is_room(store: Store, path: Path, reads: str) -> None:
    """With no reader the failed writer's connection was the last: SQLite then removes the log, or makes another."""
    await store.write(ROOM, [Write("a", {"n": 1})])
    if reads == "before":
        assert await store.get(ROOM, "a") is not None
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))  # stands in for a full disk
    try:
        with pytest.raises(Unavailable) as unavailable:
            await store.write(ROOM, [Write("b", {"text": "x" * 300_000})])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert unavailable.value.code in ("store-disk", "store-full")
    for number in range(5):  # of the folder's files, so that a new log does not get the old one's number
        put(path.with_name(f"other-{number}"), b"")
    if reads == "between":
        assert await store.get(ROOM, "b") is None
    assert isinstance((await store.write(ROOM, [Write("b", {"text": "x" * 300_000})]))[0], Saved)
    assert {record.id for record in await store.scan(ROOM, "", "~")} == {"a", "b"}


async def use(store: Store) -> None:
    await store.prepare()
    await store.write(ROOM, [Write("a", {})])
    await store.scan(ROOM, "", "~")


async def failing(path: Path) -> KunnafoniError:
    store = SqliteStore(path, busy_timeout=0.2)
    try:
        with pytest.raises(KunnafoniError) as failure:
            await use(store)
        assert failure.value.text()
        return failure.value
    finally:
        await store.close()


async def test_a_file_that_is_no_database(path: Path) -> None:
    put(path, b"not a database " * 1000)
    assert (await failing(path)).code == "store-damaged"


async def test_a_damaged_file(path: Path) -> None:
    store = SqliteStore(path)
    await store.prepare()
    await store.write(ROOM, [Write(f"{n}", {"text": "x" * 1000}) for n in range(200)])
    await store.close()
    put(path, read(path)[:8192].ljust(200_000, b"\xff"))
    error = await failing(path)
    assert isinstance(error, Unavailable)
    assert error.code == "store-damaged"


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    put(tmp_path / "file", b"")
    assert (await failing(tmp_path / "file" / "kunnafoni.db")).code == "store-closed-file"


async def test_reading_before_anything_was_prepared(path: Path) -> None:
    store = SqliteStore(path)
    with pytest.raises(Unavailable) as unavailable:
        await store.get(ROOM, "a")
    assert unavailable.value.code == "store-missing"
    await store.close()


async def test_another_programs_file_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (n)")
    other.close()
    before = read(path)
    error = await failing(path)
    assert isinstance(error, Refused)
    assert error.code == "store-foreign"
    assert read(path) == before


async def test_a_file_of_a_later_version_is_left_alone(path: Path) -> None:
    store = SqliteStore(path)
    await store.prepare()
    await store.close()
    with sqlite3.connect(path) as later:
        later.execute(f"PRAGMA user_version = {MIGRATIONS[-1].version + 1}")
    later.close()
    assert (await failing(path)).code == "store-newer"


async def test_a_cursor_from_before_a_backup_was_restored_gives_everything(store: Store) -> None:
    await store.write(ROOM, [Write("a", {})])
    assert (await store.changes(ROOM, "999999")).ids == ("a",)


async def test_a_revision_never_comes_back_for_other_content(store: Store) -> None:
    revisions = set()
    rev = None
    for n in range(6):
        (outcome,) = (
            await store.write(ROOM, [Write("a", {"n": n % 2} if n % 3 else None, rev)]) if rev or n % 3 else (None,)
        )
        if isinstance(outcome, Saved):
            assert outcome.rev not in revisions
            revisions.add(outcome.rev)
            rev = outcome.rev
    assert len(revisions) > 2
