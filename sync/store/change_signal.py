"""Waiting for a room to change: at once when this process wrote, within `period` seconds when another process or node did.

Who is woken by a write of this process does not ask the store whether there is something: whoever waited asks for it right after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sync.store.contract import Collection


class ChangeSignal:
    """`period`: seconds from one look to the next; an alert written by another process must be in every feed within a second."""

    def __init__(self, period: float) -> None:
        self._period = period
        self._waiters: dict[Collection, set[asyncio.Event]] = {room: set() for room in Collection}
        self._closed = False

    def notify(self, collection: Collection) -> None:
        for sleeper in self._waiters[collection]:
            sleeper.set()

    def close(self) -> None:
        """Ends every wait now and later."""
        self._closed = True
        for room in Collection:
            self.notify(room)

    async def wait_until(
        self, collection: Collection, has_changed: Callable[[float], Awaitable[bool]], timeout: float
    ) -> None:
        """Returns when `changed` says so, after `timeout` seconds, or when the store closes.

        `changed(seconds)` may take that long to say that nothing has.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        woken = asyncio.Event()
        self._waiters[collection].add(woken)
        try:
            while not self._closed:
                if (
                    await _notified_or_changed(woken, has_changed(max(0, end - loop.time())))
                    or (left := end - loop.time()) <= 0
                ):
                    return
                await _wait_notified(woken, min(left, self._period))
        finally:
            self._waiters[collection].discard(woken)


async def _notified_or_changed(woken: asyncio.Event, has_changed: Awaitable[bool]) -> bool:
    """Whether something has changed, as soon as one of them says so."""
    looking = asyncio.ensure_future(has_changed)
    waking = asyncio.ensure_future(woken.wait())
    try:
        await asyncio.wait((looking, waking), return_when=asyncio.FIRST_COMPLETED)
        return waking.done() or await looking
    finally:
        waking.cancel()
        if not looking.cancel() and not looking.cancelled():
            looking.exception()  # heard: nobody waits for it any more


async def _wait_notified(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        pass
