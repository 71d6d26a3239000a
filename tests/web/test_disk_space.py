"""Free disk space: full means refused, room again means accepted, and the disk is asked rarely."""

from __future__ import annotations

import shutil
import time
from collections import namedtuple
from pathlib import Path

import pytest

from server.web.disk_space import CHECK_INTERVAL, MIN_FREE_BYTES, DiskSpace

Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_noticed_within_seconds_and_so_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, free, checks = 1000.0, MIN_FREE_BYTES + 1, 0

    def disk_usage(folder: Path) -> Usage:
        nonlocal checks
        checks += 1
        return Usage(0, 0, free)

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    disk_space = DiskSpace(tmp_path)
    assert [disk_space.is_available() for _ in range(100)] == [True] * 100
    free = MIN_FREE_BYTES
    now += CHECK_INTERVAL
    assert not disk_space.is_available()
    free += 1
    assert not disk_space.is_available()
    now += CHECK_INTERVAL
    assert disk_space.is_available()
    assert checks == 3
    assert DiskSpace(tmp_path / "not there yet").is_available()
