"""The store of a command: opened, checked to be the one that this machine knows, and closed at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.maintenance.known_stores import KnownStores
from server.settings import Settings
from sync.store.contract import Store
from sync.store.identity import open_empty, open_identified


@asynccontextmanager
async def opened(settings: Settings, store: Store, *, to_restore: bool = False) -> AsyncIterator[str]:
    """Create a new store or check one that exists; yields its identity.

    `to_restore`: parts of a store without any record may be missing. Raises Unavailable if a part is missing.
    """
    known = KnownStores(settings)
    try:
        open_store = open_empty if to_restore else open_identified
        identity = await open_store(store, known.identity)
        known.record_identity(identity)
        yield identity
    finally:
        await store.close()
