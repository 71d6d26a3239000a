"""Durability of SQLite: saved records survive `kill -9` with two processes writing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sync.store.contract import Collection
from sync.store.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


def appender(path: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.sqlite_appender", str(path), name]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed(path: Path, round: int) -> set[str]:
    """The ids that two processes reported as saved before they were killed, after a delay that varies by round."""
    with appender(path, f"{round}-a") as first, appender(path, f"{round}-b") as second:
        acknowledged = (
            {first.stdout.readline(), second.stdout.readline()} if first.stdout and second.stdout else set()
        )  # both have begun
        time.sleep(0.15 * round)
        first.kill()
        second.kill()
        for process in (first, second):
            acknowledged.update(process.stdout.readlines() if process.stdout else ())
    return {line.strip() for line in acknowledged if line.endswith("\n")}  # a kill may cut the last line


async def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "kunnafoni.db"
    acknowledged = {id for round in range(4) for id in killed(path, round)}
    store = SqliteStore(path)
    await store.prepare()
    assert len(acknowledged) > 50
    assert set(await store.get_many(Collection.FEEDBACK, sorted(acknowledged))) == acknowledged
    await store.close()
