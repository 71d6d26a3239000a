"""Records of a cache: kept in one store alone, made again if they are missing or damaged, required by nobody.

Records `cache:…` of the collection `push`, no part of which is replicated; backups and copies leave them out. Each has
the digest of its content. What the store cannot keep now is computed the next time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Container
from typing import Any

from sync.canonical import digest
from sync.errors import KunnafoniError
from sync.store.contract import Collection, Record, Saved, Store, Write
from sync.store.iteration import iterate_records
from sync.store.local_records import CACHE_PREFIX

log = logging.getLogger("kunnafoni.cache")

COLLECTION = Collection.PUSH


class CacheRecords:
    """Contents by name: `kind`, or `kind:channel`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, name: str) -> dict[str, Any]:
        """The content of a record; empty if it is missing or damaged."""
        record = await self._store.get(COLLECTION, CACHE_PREFIX + name)
        return _content(record) if record else {}

    async def save(self, name: str, content: dict[str, Any]) -> None:
        """Replace a record. A failure is logged alone, for no caller depends on it."""
        id = CACHE_PREFIX + name
        try:
            record = await self._store.get(COLLECTION, id)
            if record and _content(record) == content:
                return
            body = {"sum": _sum(content), "content": content}
            [outcome] = await self._store.write(COLLECTION, [Write(id, body, record.rev if record else None)])
            if not isinstance(outcome, Saved):
                log.info("%s was not kept", name)
        except KunnafoniError as error:
            log.info("%s was not kept: %s", name, error.code)

    async def drop_unused(self, channels: Container[str]) -> int:
        """Delete the records of other channels than these, and versions left by a cluster; returns their number."""
        unused = [
            record
            async for record in iterate_records(self._store, COLLECTION, CACHE_PREFIX)
            if record.id.count(":") == 2 and record.id.rpartition(":")[2] not in channels
        ]
        if unused:
            await self._store.write(COLLECTION, [Write(record.id, None, record.rev) for record in unused])
        splits = [split for split in await self._store.conflicts(COLLECTION) if split.id.startswith(CACHE_PREFIX)]
        for split in splits:
            await self._store.resolve_conflict(COLLECTION, split.id, {}, [version.rev for version in split.versions])
        return len(unused) + len(splits)


def _content(record: Record) -> dict[str, Any]:
    content = record.body.get("content")
    return content if isinstance(content, dict) and record.body.get("sum") == _sum(content) else {}


def _sum(content: dict[str, Any]) -> str:
    try:
        return digest(json.dumps(content, ensure_ascii=False, sort_keys=True))
    except ValueError:  # half a character
        return ""
