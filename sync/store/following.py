"""Following a room: work that is done again whenever records changed, also when another process or node wrote them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeAlias

from sync.errors import KunnafoniError
from sync.store.contract import Collection, Store

ChangeHandler: TypeAlias = Callable[[str | None], Awaitable[tuple[str, float]]]


async def follow(
    store: Store,
    collection: Collection,
    handle_changes: ChangeHandler,
    *,
    retry_delay: float,
    on_error: Callable[[KunnafoniError], object],
) -> NoReturn:
    """Run `turn` until cancelled: at once, then whenever the room changed or the seconds that it named have passed.

    `turn(cursor)` reads the changes after the cursor (None: from the beginning), does its work, and returns the new cursor and the
    longest time to wait. When it or the store raises a KunnafoniError, `failed` is told, and after `retry` seconds the turn is
    repeated from the cursor of the last one that succeeded.
    """
    cursor: str | None = None
    while True:
        try:
            cursor, longest = await handle_changes(cursor)
            await store.wait_for_changes(collection, cursor, longest)
        except KunnafoniError as error:
            on_error(error)
            await asyncio.sleep(retry_delay)
