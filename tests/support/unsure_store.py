"""A store that is not sure, for a while, to have what it is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from sync.store.contract import Collection, NotDurable, Outcome, Write
from sync.store.sqlite.store import SqliteStore


@contextmanager
def writes_not_durable(*starts: str) -> Iterator[None]:
    """Records whose ids begin so are answered with Later, and do not appear; all, for ""."""
    write = SqliteStore.write

    async def later(store: SqliteStore, room: Collection, writes: Sequence[Write]) -> list[Outcome]:
        others = [item for item in writes if not item.id.startswith(starts)]
        outcomes = iter(await write(store, room, others) if others else [])
        return [NotDurable(item.id) if item.id.startswith(starts) else next(outcomes) for item in writes]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteStore, "write", later)
        yield
