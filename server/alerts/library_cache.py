"""The library of alerts for anonymous requests: read again only when one of its documents changed.

Used by the CAP views.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from sync.alerts.library_with_alerts import Library
from sync.store.contract import Collection, Store

PAGE_SIZE = 10_000
_PARTS = ("site", "topics", "places:", "alert:")  # ids, or their beginnings, of the documents in the library


class LibraryCache:
    """`load` reads the library from the store."""

    def __init__(self, store: Store, load: Callable[[], Awaitable[Library]]) -> None:
        self._store = store
        self._load = load
        self._lock = anyio.Lock()
        self._cursor: str | None = None
        self._library: Library | None = None

    async def get(self) -> Library:
        """The library as of now. Asks the store for changes alone as long as there are none."""
        async with self._lock:
            while True:
                changes = await self._store.changes(Collection.CONTENT, self._cursor, PAGE_SIZE)
                if any(id.startswith(_PARTS) for id in changes.ids):
                    self._library = None
                self._cursor = changes.cursor
                if not changes.more:
                    break
            if self._library is None:
                self._library = await self._load()
            return self._library
