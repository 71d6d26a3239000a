"""Time for the supervisor that passes only while everything sleeps, so that a test of hours takes milliseconds."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

_SETTLING_STEPS = 20  # passes of the event loop after which every task that can go on has done so


class SteppedTime:
    """`clock` and `sleep` for a Supervisor; `pass_seconds` wakes sleepers in the order of their times."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), woken))
        await woken

    async def pass_seconds(self, seconds: float) -> None:
        end = self.now + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await self.settle()
        self.now = end

    async def settle(self) -> None:
        for _ in range(_SETTLING_STEPS):
            await asyncio.sleep(0)

    async def until(self, holds: Callable[[], bool], step: float = 1.0, most: float = 10_000.0) -> None:
        """Pass time in steps until the condition holds; fails after `most` seconds."""
        end = self.now + most
        while not holds():
            assert self.now < end
            await self.pass_seconds(step)
