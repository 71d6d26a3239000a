"""Iteration over a collection's records in the order of their ids, page by page.

Records written or deleted during the iteration may or may not be seen; all others are seen exactly once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from sync.store.contract import Collection, Record, Store

PAGE_SIZE = 1000  # records of one scan
END_OF_IDS = "~"  # sorts after every id
_SUCCESSOR = "-"  # the lowest character of ids: appended to an id it gives the next possible one


async def iterate_records(
    store: Store, collection: Collection, prefix: str = "", *, page_size: int = PAGE_SIZE
) -> AsyncIterator[Record]:
    """All records whose id starts with `prefix`."""
    async for records in iterate_pages(store, collection, prefix, page_size=page_size):
        for record in records:
            yield record


def iterate_pages(
    store: Store, collection: Collection, prefix: str = "", *, page_size: int = PAGE_SIZE
) -> AsyncIterator[list[Record]]:
    """All records whose id starts with `prefix`, in non-empty pages: for batched reads and writes."""
    return iterate_range(
        store, collection, prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix else END_OF_IDS, page_size=page_size
    )


async def iterate_range(
    store: Store, collection: Collection, start: str, end: str, *, page_size: int = PAGE_SIZE
) -> AsyncIterator[list[Record]]:
    """Records with ids from `start` inclusive to `end` exclusive, in non-empty pages."""
    while records := await store.scan(collection, start, end, page_size):
        yield records
        if len(records) < page_size:
            return
        start = records[-1].id + _SUCCESSOR
