"""Read your writes on a cluster, where `_all_docs` reads one replica of each shard that may lack recent writes.

A scan overlays the ids that this process wrote recently with their state on a quorum. Recent writes of other processes,
and those that a node missed while it was down, may be missing from a scan until CouchDB has caught up.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence

from sync.store.contract import Record, Write

RETENTION_SECONDS = 60.0  # a running node has a write within milliseconds


class RecentWrites:
    def __init__(self) -> None:
        self._written_at: dict[str, float] = {}  # monotonic time by id, oldest first

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
    """Replace the `recent` ids in `rows` by their `current` records, or drop those without one, keeping the order."""
    pending = [current[id] for id in recent if id in current]
    overlaid = set(recent)
    async for row in rows:
        while pending and pending[0].id < row.id:
            yield pending.pop(0)
        if row.id not in overlaid:
            yield row
    for record in pending:
        yield record
