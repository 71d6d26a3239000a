"""The second copy of a SQLite store that the runbook advises: litestream beside the server, restored after kill -9."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from sync.store.contract import Collection
from sync.store.iteration import iterate_records
from sync.store.open_store import open_store
from tests.support.measured_figures import record_figure
from tests.support.repository import ROOT

WRITING = 5.0  # seconds
PATIENCE = 60.0  # seconds for the first copy on a busy machine
INTERVAL = 1.0  # seconds between two copies of litestream, its default


def find_litestream() -> str:
    beside = Path(sys.executable).with_name("litestream")
    program = str(beside) if beside.exists() else shutil.which("litestream")
    assert program, "litestream is not here: make setup"
    return program


@contextmanager
def killed_at_the_end(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def read_ids(file: Path) -> set[str]:
    async def run() -> set[str]:
        store = open_store(f"sqlite:///{file}")
        try:
            assert await store.check_health() == []
            return {record.id async for record in iterate_records(store, Collection.FEEDBACK, "")}
        finally:
            await store.close()

    return anyio.run(run)


@pytest.mark.soak
def test_a_second_copy_has_all_but_the_last_seconds_after_a_kill(tmp_path: Path) -> None:
    litestream, replica = find_litestream(), f"file://{tmp_path / 'copy'}"
    file, restored = tmp_path / "kunnafoni.db", tmp_path / "restored" / "kunnafoni.db"
    restored.parent.mkdir()
    acknowledged: list[tuple[float, str]] = []
    appender = [sys.executable, "-m", "tests.support.sqlite_appender", str(file), "run"]
    with killed_at_the_end(*appender) as writer:
        assert writer.stdout
        acknowledged.append((time.monotonic(), writer.stdout.readline().strip()))
        with killed_at_the_end(litestream, "replicate", str(file), replica):
            latest = time.monotonic() + PATIENCE
            end = None  # of the writing, once a first copy is there
            while end is None or time.monotonic() < end:
                acknowledged.append((time.monotonic(), writer.stdout.readline().strip()))
                if end is None and any((tmp_path / "copy").rglob("*.ltx")):
                    end = time.monotonic() + WRITING
                assert end or time.monotonic() < latest, "litestream copies nothing"
            killed = time.monotonic()
    file.unlink()
    subprocess.run([litestream, "restore", "-o", str(restored), replica], check=True, capture_output=True, umask=0o077)
    kept = read_ids(restored)
    lost = [moment for moment, id in acknowledged if id not in kept]
    window = killed - min(lost, default=killed)
    record_figure(f"second copy: {len(acknowledged)} acknowledged, the last {len(lost)} lost, {window:.1f} s")
    assert len(kept) > len(acknowledged) / 4
    assert window <= 2 * INTERVAL
