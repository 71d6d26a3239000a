"""The record ids of a store's submissions, read from the store alone."""

from __future__ import annotations

from sync.store.contract import Collection, Store
from sync.submissions.record_ids import RecordIds


async def names_in(store: Store) -> RecordIds:
    names = RecordIds()
    cursor: str | None = None
    more = True
    while more:
        page = await store.changes(Collection.FEEDBACK, cursor)
        names.learn(page.ids)
        cursor, more = page.cursor, page.more
    return names
