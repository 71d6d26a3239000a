"""Writes that arrive together, written together: while calls to the store are under way, the next one gathers.

Each caller gets the outcomes of its own writes. A backend commits a call at once, so sixty phones cost one commit and one journey.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sync.errors import KunnafoniError, Refused
from sync.store.contract import Outcome, Room, Store, Write

AT_ONCE = 2  # calls under way: with one, whoever writes and the store would take turns at resting
MOST = 500  # writes of one call: past that, the first would wait for the last


class Together:
    def __init__(self, store: Store, room: Room) -> None:
        self._store = store
        self._room = room
        self._waiting: list[tuple[Sequence[Write], asyncio.Future[list[Outcome]]]] = []
        self._flushing: set[asyncio.Task[None]] = set()

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """As the store's own `write`."""
        future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._waiting.append((writes, future))
        if sum(not task.done() for task in self._flushing) < AT_ONCE:
            task = asyncio.create_task(self._flush())
            self._flushing.add(task)
            task.add_done_callback(self._flushing.discard)
        return await future

    async def _flush(self) -> None:
        while self._waiting:
            group: list[tuple[Sequence[Write], asyncio.Future[list[Outcome]]]] = []
            size = 0
            while self._waiting and (not group or size + len(self._waiting[0][0]) <= MOST):
                group.append(self._waiting.pop(0))
                size += len(group[-1][0])
            await self._write(group)

    async def _write(self, group: list[tuple[Sequence[Write], asyncio.Future[list[Outcome]]]]) -> None:
        try:
            outcomes = await self._store.write(self._room, [write for writes, _ in group for write in writes])
        except Refused as error:
            if len(group) > 1:  # one of them does not fit: the others must not pay for it
                for one in group:
                    await self._write([one])
            else:
                _fail(group, error)
        except KunnafoniError as error:
            _fail(group, error)
        else:
            at = 0
            for writes, future in group:
                if not future.done():
                    future.set_result(outcomes[at : at + len(writes)])
                at += len(writes)


def _fail(group: list[tuple[Sequence[Write], asyncio.Future[list[Outcome]]]], error: KunnafoniError) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)
