"""The documents of a store, for comparison before and after."""

from __future__ import annotations

from sync.store.contract import Collection, Record, Store


async def held(store: Store) -> dict[str, Record]:
    """Every document record with its revision, which changes with every write."""
    return {record.id: record for record in await store.scan(Collection.CONTENT, "0", "~", 5000)}
