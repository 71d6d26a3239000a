"""Records of one store alone: caches, which copies and backups leave out, because another store makes its own."""

from __future__ import annotations

from sync.store.contract import Collection

CACHE_PREFIX = "cache:"


def is_local(collection: Collection, id: str) -> bool:
    """True for a record that no copy, backup or replication carries."""
    return collection is Collection.PUSH and id.startswith(CACHE_PREFIX)
