"""Following a collection: a handler runs again whenever records changed, in this or another process or node."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sync.store.contract import Collection, Store

ChangeHandler: TypeAlias = Callable[[str | None], Awaitable[tuple[str, float]]]


class Follower:
    """Follows a collection, one turn at a time.

    `handle_changes(cursor)` reads the changes after the cursor (None: from the beginning), does its work, and returns
    the new cursor and the longest pause in seconds until it wants to run again.
    """

    def __init__(self, store: Store, collection: Collection, handle_changes: ChangeHandler) -> None:
        self._store = store
        self._collection = collection
        self._handle_changes = handle_changes
        self._cursor: str | None = None
        self._pause: float | None = None  # None: the changes after the cursor are not handled yet

    async def turn(self) -> float:
        """Wait for a change or the end of the pause, then run the handler; the first turn does not wait.

        Raises what the store and the handler raise. The next turn then runs the handler at once, from the last
        cursor that it returned. Returns 0.0: the turn itself waits.
        """
        if self._cursor is not None and self._pause is not None:
            pause, self._pause = self._pause, None
            await self._store.wait_for_changes(self._collection, self._cursor, pause)
        self._cursor, self._pause = await self._handle_changes(self._cursor)
        return 0.0
