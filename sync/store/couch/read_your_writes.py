"""What this process wrote a moment ago: on a cluster `_all_docs` asks one copy of each shard, which may not have it yet.

A scan lays these records, as a quorum has them, over what that copy gave. So a process reads its own writes; what others wrote
a moment ago, or what a node missed while it was away, may still be missing from a scan until CouchDB has caught up.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence

from sync.store.contract import Record, Write

SECONDS = 60.0  # nodes that are up have a write within milliseconds


class Recent:
    def __init__(self) -> None:
        self._written: dict[str, float] = {}  # id: when, oldest first

    def note(self, writes: Sequence[Write]) -> None:
        now = time.monotonic()
        for write in writes:
            self._written.pop(write.id, None)
            self._written[write.id] = now
        while self._written and next(iter(self._written.values())) < now - SECONDS:
            self._written.pop(next(iter(self._written)))

    def between(self, start: str, end: str) -> list[str]:
        return sorted(id for id in self._written if start <= id < end)


async def overlaid(
    rows: AsyncIterator[Record], recent: Sequence[str], known: Mapping[str, Record]
) -> AsyncIterator[Record]:
    """`rows` with the `recent` ids as they are `known` (gone when they are not), in order."""
    waiting = [known[id] for id in recent if id in known]
    hidden = set(recent)
    async for row in rows:
        while waiting and waiting[0].id < row.id:
            yield waiting.pop(0)
        if row.id not in hidden:
            yield row
    for record in waiting:
        yield record
