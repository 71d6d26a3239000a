"""Following a room: work that is done again whenever records changed, also when another process or node wrote them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeAlias

from sync.errors import KunnafoniError
from sync.store.contract import Room, Store

Turn: TypeAlias = Callable[[str | None], Awaitable[tuple[str, float]]]


async def follow(
    store: Store, room: Room, turn: Turn, *, retry: float, failed: Callable[[KunnafoniError], object]
) -> NoReturn:
    """Run `turn` until cancelled: at once, then whenever the room changed or the seconds that it named have passed.

    `turn(cursor)` reads the changes after the cursor (None: from the beginning), does its work, and returns the new cursor and the
    longest time to wait. When it or the store raises a KunnafoniError, `failed` is told, and after `retry` seconds the turn is
    repeated from the cursor of the last one that succeeded.
    """
    cursor: str | None = None
    while True:
        try:
            cursor, longest = await turn(cursor)
            await store.wait(room, cursor, longest)
        except KunnafoniError as error:
            failed(error)
            await asyncio.sleep(retry)
