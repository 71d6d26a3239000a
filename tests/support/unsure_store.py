"""A store that reports some writes as not durable, for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from sync.store.contract import Collection, NotDurable, Outcome, Write
from sync.store.sqlite.store import SqliteStore


@contextmanager
def writes_not_durable(*starts: str) -> Iterator[None]:
    """Writes of records with these id prefixes (all, for "") are not stored and reported as NotDurable."""
    write = SqliteStore.write

    async def later(store: SqliteStore, room: Collection, writes: Sequence[Write]) -> list[Outcome]:
        others = [item for item in writes if not item.id.startswith(starts)]
        outcomes = iter(await write(store, room, others) if others else [])
        return [NotDurable(item.id) if item.id.startswith(starts) else next(outcomes) for item in writes]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteStore, "write", later)
        yield
