"""The watch over the store while a server runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from server.supervision.store_watch import CHECK_INTERVAL, StoreWatch
from sync.errors import Unavailable
from sync.store.contract import Collection, Saved, Write
from sync.store.identity import open_identified
from sync.store.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio


def failure_code(store: SqliteStore) -> str:
    return store.write_failure.code if store.write_failure else ""


@pytest.mark.parametrize("name", ["kunnafoni.db", "kunnafoni.db-wal"])
async def test_a_file_that_goes_away_while_a_server_runs_is_noticed_and_not_made_anew(
    tmp_path: Path, name: str
) -> None:
    store = SqliteStore(tmp_path / "kunnafoni.db")
    watch = StoreWatch(store)
    watch.identity = await open_identified(store, "")
    assert await watch.turn() == CHECK_INTERVAL
    (tmp_path / name).unlink()
    with pytest.raises(Unavailable, match="store-replaced"):
        await watch.turn()
    with pytest.raises(Unavailable, match="store-replaced"):
        await store.write(Collection.CONTENT, [Write("a", {})])
    with pytest.raises(Unavailable, match="store-replaced"):
        await store.prepare()
    assert not (tmp_path / name).exists()
    await store.close()


async def test_what_was_acknowledged_before_its_log_was_removed_is_there_after_a_quiet_end(tmp_path: Path) -> None:
    path = tmp_path / "kunnafoni.db"
    store = SqliteStore(path)
    await open_identified(store, "")
    [outcome] = await store.write(Collection.FEEDBACK, [Write("acknowledged", {})])
    assert isinstance(outcome, Saved)
    (tmp_path / "kunnafoni.db-wal").unlink()
    with pytest.raises(Unavailable, match="store-replaced"):
        await store.write(Collection.FEEDBACK, [Write("refused", {})])
    await store.close()
    again = SqliteStore(path)
    assert await again.get(Collection.FEEDBACK, "acknowledged")
    await again.close()


async def test_another_file_in_its_place_is_not_written_to(tmp_path: Path) -> None:
    path, other = tmp_path / "kunnafoni.db", tmp_path / "other.db"
    store, second = SqliteStore(path), SqliteStore(other)
    watch = StoreWatch(store)
    watch.identity = await open_identified(store, "")
    await open_identified(second, "")
    await second.close()
    other.replace(path)
    before = path.read_bytes()
    with pytest.raises(Unavailable, match="store-replaced"):
        await store.write(Collection.FEEDBACK, [Write("lost", {})])
    await store.close()
    assert path.read_bytes() == before


async def test_a_write_that_failed_is_tried_again_by_the_watch(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "kunnafoni.db")
    watch = StoreWatch(store)
    watch.identity = await open_identified(store, "")
    with sqlite3.connect(tmp_path / "kunnafoni.db") as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON record BEGIN SELECT 1 FROM gone; END")
    with pytest.raises(Unavailable) as raised:
        await store.write(Collection.CONTENT, [Write("a", {})])
    assert failure_code(store) == raised.value.code
    with sqlite3.connect(tmp_path / "kunnafoni.db") as other:
        other.execute("DROP TRIGGER full")
    other.close()
    cursor = (await store.changes(Collection.CONTENT)).cursor
    await watch.turn()
    assert failure_code(store) == ""
    assert (await store.changes(Collection.CONTENT, cursor)).ids == ()
    await store.close()
