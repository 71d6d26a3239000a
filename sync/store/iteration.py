"""Iteration over a room's records in the order of their ids, page by page.

Records written or removed meanwhile may be seen or not, as they come before or after what was read; all others are seen once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from sync.store.contract import Record, Room, Store

PAGE = 1000  # records asked for at once
LAST = "~"  # sorts after every id
_NEXT = "-"  # the lowest sign of ids: an id and this is the next id possible


async def every(store: Store, room: Room, prefix: str = "", *, page: int = PAGE) -> AsyncIterator[Record]:
    """All records whose id begins with `prefix`."""
    async for records in every_page(store, room, prefix, page=page):
        for record in records:
            yield record


def every_page(store: Store, room: Room, prefix: str = "", *, page: int = PAGE) -> AsyncIterator[list[Record]]:
    """The same by pages, none of them empty: for what is asked or written for many records at once."""
    return pages_between(store, room, prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix else LAST, page=page)


async def pages_between(
    store: Store, room: Room, start: str, end: str, *, page: int = PAGE
) -> AsyncIterator[list[Record]]:
    """Pages of the records from `start` inclusive to `end` exclusive."""
    while records := await store.scan(room, start, end, page):
        yield records
        if len(records) < page:
            return
        start = records[-1].id + _NEXT
