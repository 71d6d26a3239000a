"""Following a collection: a handler runs again whenever records changed, in this or another process or node."""

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
    """Run `handle_changes` until cancelled: at once, then at every change and after the timeout that it returned.

    `handle_changes(cursor)` reads the changes after the cursor (None: from the beginning), does its work, and returns
    the new cursor and the timeout in seconds. When it or the store raises a KunnafoniError, `on_error` is called, and
    after `retry_delay` seconds the handler runs again from its last successful cursor.
    """
    cursor: str | None = None
    while True:
        try:
            cursor, timeout = await handle_changes(cursor)
            await store.wait_for_changes(collection, cursor, timeout)
        except KunnafoniError as error:
            on_error(error)
            await asyncio.sleep(retry_delay)
