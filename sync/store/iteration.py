"""Iteration over a room's records in the order of their ids, page by page.

Records written or removed meanwhile may be seen or not, as they come before or after what was read; all others are seen once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from sync.store.contract import Collection, Record, Store

PAGE_SIZE = 1000  # records asked for at once
END_OF_IDS = "~"  # sorts after every id
_SUCCESSOR = "-"  # the lowest sign of ids: an id and this is the next id possible


async def iterate_records(
    store: Store, collection: Collection, prefix: str = "", *, page_size: int = PAGE_SIZE
) -> AsyncIterator[Record]:
    """All records whose id begins with `prefix`."""
    async for records in iterate_pages(store, collection, prefix, page_size=page_size):
        for record in records:
            yield record


def iterate_pages(
    store: Store, collection: Collection, prefix: str = "", *, page_size: int = PAGE_SIZE
) -> AsyncIterator[list[Record]]:
    """The same by pages, none of them empty: for what is asked or written for many records at once."""
    return iterate_range(
        store, collection, prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix else END_OF_IDS, page_size=page_size
    )


async def iterate_range(
    store: Store, collection: Collection, start: str, end: str, *, page_size: int = PAGE_SIZE
) -> AsyncIterator[list[Record]]:
    """Pages of the records from `start` inclusive to `end` exclusive."""
    while records := await store.scan(collection, start, end, page_size):
        yield records
        if len(records) < page_size:
            return
        start = records[-1].id + _SUCCESSOR
