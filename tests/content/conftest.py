"""A SQLite store for the tests of import and export."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.store.sqlite.store import SqliteStore


@pytest.fixture
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(Path(tmp_path_factory.mktemp("store")) / "store.db")
    await store.prepare()
    yield store
    await store.close()
