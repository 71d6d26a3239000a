"""LRU cache of response bodies; concurrent misses of one key are computed once. Used by `server.reader`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

import anyio

from server.web.app_state import HasApp

MAX_BYTES = 64 * 1024 * 1024  # bytes of cached bodies per process


class ResponseCache:
    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[Hashable, bytes] = OrderedDict()
        self._pending: dict[Hashable, anyio.Event] = {}

    async def get_or_create(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The cached body of the key; on a miss, the result of `make`, which is cached.

        An error of `make` is raised to the caller that started it; callers that waited try again.
        """
        while True:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
            if key not in self._pending:
                break
            await self._pending[key].wait()
        finished = self._pending[key] = anyio.Event()
        try:
            value = await make()
        finally:
            del self._pending[key]
            finished.set()
        self.put(key, value)
        return value

    def has(self, key: Hashable) -> bool:
        return key in self._entries

    def put(self, key: Hashable, value: bytes) -> None:
        self._size += len(value) - len(self._entries.pop(key, b""))
        self._entries[key] = value
        while self._size > self._limit:
            self._size -= len(self._entries.popitem(last=False)[1])


def response_cache_of(request: HasApp) -> ResponseCache:
    response_cache: ResponseCache = request.app.state.response_cache
    return response_cache
