"""What this process wrote a moment ago: on a cluster `_all_docs` asks one copy of each shard, which may not have it yet.

A scan lays these records, as a quorum has them, over what that copy gave. So a process reads its own writes; what others wrote
a moment ago, or what a node missed while it was away, may still be missing from a scan until CouchDB has caught up.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence

from sync.store.contract import Record, Write

RETENTION_SECONDS = 60.0  # nodes that are up have a write within milliseconds


class RecentWrites:
    def __init__(self) -> None:
        self._written_at: dict[str, float] = {}  # id: when, oldest first

    def add(self, writes: Sequence[Write]) -> None:
        now = time.monotonic()
        for write in writes:
            self._written_at.pop(write.id, None)
            self._written_at[write.id] = now
        while self._written_at and next(iter(self._written_at.values())) < now - RETENTION_SECONDS:
            self._written_at.pop(next(iter(self._written_at)))

    def ids_between(self, start: str, end: str) -> list[str]:
        return sorted(id for id in self._written_at if start <= id < end)


async def overlay_recent(
    rows: AsyncIterator[Record], recent: Sequence[str], current: Mapping[str, Record]
) -> AsyncIterator[Record]:
    """`rows` with the `recent` ids as they are `known` (gone when they are not), in order."""
    waiting = [current[id] for id in recent if id in current]
    hidden = set(recent)
    async for row in rows:
        while waiting and waiting[0].id < row.id:
            yield waiting.pop(0)
        if row.id not in hidden:
            yield row
    for record in waiting:
        yield record
