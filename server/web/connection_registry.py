"""All open connections of a server: one timer that checks them, and a cap. Used by `http_connection`.

Connections that wait for their client stand in one queue, in the order of their last good sign: opened, answered, or
moved enough bytes. At the cap the first of the queue is closed for a new one, so that a newcomer is answered however
many strangers hold connections. A connection whose answer is being made is never closed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Protocol

from server.web.connection_limits import ConnectionLimits, most_connections

LOG_INTERVAL = 60.0  # seconds between two lines of the log about refused connections

log = logging.getLogger("kunnafoni")


class OpenConnection(Protocol):
    def check(self, now: float) -> None:
        """End the connection if its client is too slow. `now`: the registry's time."""

    def drop(self) -> None:
        """Close at once, without an answer."""


class ConnectionRegistry:
    """`now`: seconds, of which those are left out in which this process itself stood still, so that no client pays."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.now = 0.0
        self._capacity = most_connections(limits)
        self._open: set[OpenConnection] = set()
        self._waiting: dict[OpenConnection, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._last_check = 0.0  # by the event loop's clock, as the next
        self._last_log = float("-inf")
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: OpenConnection, loop: asyncio.AbstractEventLoop) -> bool:
        """Enter a new connection. False if no other can be closed for it: all are being answered."""
        if len(self._open) >= self._capacity:
            oldest = next(iter(self._waiting), None)
            if oldest is None:
                self.count("503")
                return False
            self.remove(oldest)
            oldest.drop()
            self.count("closed for new ones")
        self._open.add(connection)
        self._waiting[connection] = None
        if self._timer is None:
            self._start_timer(loop)
        return True

    def remove(self, connection: OpenConnection) -> None:
        self._open.discard(connection)
        self._waiting.pop(connection, None)

    def wait(self, connection: OpenConnection) -> None:
        """Put a connection that waits for its client at the end of the queue, after a good sign."""
        if connection in self._open:
            self._waiting.pop(connection, None)
            self._waiting[connection] = None

    def answer(self, connection: OpenConnection) -> None:
        """Take a connection out of the queue while its answer is made."""
        self._waiting.pop(connection, None)

    def count(self, reason: str) -> None:
        """Count an ended connection for the next line of the log."""
        self._counts[reason] += 1

    def _start_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        self._last_check = loop.time()
        self._timer = loop.call_later(self.limits.tick, self._check_all, loop)

    def _check_all(self, loop: asyncio.AbstractEventLoop) -> None:
        self.now += min(loop.time() - self._last_check, 2 * self.limits.tick)
        for connection in list(self._open):
            connection.check(self.now)
        self._log_counts(loop.time())
        self._timer = None
        if self._open:
            self._start_timer(loop)

    def _log_counts(self, time: float) -> None:
        if self._counts and time - self._last_log >= LOG_INTERVAL:
            self._last_log = time
            log.warning("connections ended: %s", ", ".join(f"{n} {name}" for name, n in sorted(self._counts.items())))
            self._counts.clear()
