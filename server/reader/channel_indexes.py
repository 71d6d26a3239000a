"""Indexes in memory, one for each channel, built in a thread when they are first asked for.

Used by search and by the check of messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import anyio
from anyio import to_thread

T = TypeVar("T")


class ChannelIndexes(Generic[T]):
    def __init__(self) -> None:
        self._indexes: dict[str, tuple[object, T]] = {}  # by channel: what it was built for, and the index
        self._build_lock = anyio.Lock()

    async def get(self, channel: str, content: object, build: Callable[[], T]) -> T:
        """The channel's index; `build` makes it anew unless the last one was made for content equal to `content`."""
        async with self._build_lock:
            built = self._indexes.get(channel)
            if built is None or built[0] != content:
                built = content, await to_thread.run_sync(build)
                self._indexes[channel] = built
            return built[1]
