"""Waiting for a collection to change. Used by both backends for `wait_for_changes`.

A write of this process wakes the waiters at once; a write of another process or node is detected within `period`
seconds. A waiter that was woken does not query the store first: its caller reads the changes anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sync.store.contract import Collection


class ChangeSignal:
    """`period`: seconds between polls. An alert written by another process must be in every feed within a second."""

    def __init__(self, period: float) -> None:
        self._period = period
        self._waiters: dict[Collection, set[asyncio.Event]] = {collection: set() for collection in Collection}
        self._closed = False

    def notify(self, collection: Collection) -> None:
        for waiter in self._waiters[collection]:
            waiter.set()

    def close(self) -> None:
        """End every present and future wait."""
        self._closed = True
        for collection in Collection:
            self.notify(collection)

    async def wait_until(
        self, collection: Collection, has_changed: Callable[[float], Awaitable[bool]], timeout: float
    ) -> None:
        """Return when `has_changed` returns True, after `timeout` seconds, or when the store closes.

        `has_changed(seconds)` may block for that long before it returns False.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        event = asyncio.Event()
        self._waiters[collection].add(event)
        try:
            while not self._closed:
                if (
                    await _notified_or_changed(event, has_changed(max(0, end - loop.time())))
                    or (remaining := end - loop.time()) <= 0
                ):
                    return
                await _wait_notified(event, min(remaining, self._period))
        finally:
            self._waiters[collection].discard(event)


async def _notified_or_changed(event: asyncio.Event, has_changed: Awaitable[bool]) -> bool:
    """True as soon as the event is set or `has_changed` returns True; False when it returns False first."""
    query = asyncio.ensure_future(has_changed)
    wake_up = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait((query, wake_up), return_when=asyncio.FIRST_COMPLETED)
        return wake_up.done() or await query
    finally:
        wake_up.cancel()
        if not query.cancel() and not query.cancelled():
            query.exception()  # mark as retrieved, so that asyncio does not log it


async def _wait_notified(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
