"""Purge of withdrawn media: deletes bytes that are unused some weeks after the withdrawal. Used by the daily clean-up.

Media count as used while a stored edition's pages name them, since it may be published again, or a document, draft,
text set aside or earlier version names them, since it may be restored. The record is kept, so that the address answers
"withdrawn" for ever.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable

from server.media.media_store import PURGED, WITHDRAWN_ON
from sync.content.stored import WITHDRAWN
from sync.store.contract import Collection, Record, Saved, Store, Write
from sync.store.iteration import iterate_records

GRACE_PERIOD = datetime.timedelta(days=30)  # time to notice a mistake, and for phones to get the next editions
PAGE_SIZE = 200  # pages of editions are up to 16 kB


async def purge_withdrawn(store: Store, now: datetime.datetime) -> list[str]:
    """Delete the bytes of unused withdrawn media; returns their names."""
    candidates = {
        record.body["name"]: record
        async for record in iterate_records(store, Collection.CONTENT, "media:", page_size=PAGE_SIZE)
        if _is_due(record, now)
    }
    if candidates:
        candidates = await _select_unused(store, candidates)
    return [name for name, record in candidates.items() if await _delete_bytes(store, name, record)]


def _is_due(record: Record, now: datetime.datetime) -> bool:
    body = record.body
    if body.get("state") != WITHDRAWN or body.get(PURGED):
        return False
    return datetime.datetime.fromisoformat(str(body.get(WITHDRAWN_ON) or body.get("when"))) + GRACE_PERIOD <= now


async def _select_unused(store: Store, candidates: dict[str, Record]) -> dict[str, Record]:
    unused = dict(candidates)
    async for record in iterate_records(store, Collection.CONTENT, page_size=PAGE_SIZE):
        if not record.id.startswith("media:"):
            _discard_referenced(unused, record)
    async for record in iterate_records(store, Collection.EDITIONS, "page:", page_size=PAGE_SIZE):
        _discard_referenced(unused, record)
    return unused


def _discard_referenced(unused: dict[str, Record], record: Record) -> None:
    text = json.dumps(record.body)
    for name in _find_referenced(unused, text):
        del unused[name]


def _find_referenced(names: Iterable[str], text: str) -> list[str]:
    """Names whose digest occurs in the text; pages may write the address itself in different ways."""
    return [name for name in names if name.partition(".")[0] in text]


async def _delete_bytes(store: Store, name: str, record: Record) -> bool:
    """Delete the bytes; False if they stay because the same file was uploaded again meanwhile."""
    digest = name.partition(".")[0]
    blob = await store.get_blob(Collection.EDITIONS, digest)
    [outcome] = await store.write(Collection.CONTENT, [Write(record.id, {**record.body, PURGED: True}, record.rev)])
    if not isinstance(outcome, Saved):
        return False
    await store.delete_blob(Collection.EDITIONS, digest)
    current = await store.get(Collection.CONTENT, record.id)
    if blob and (current is None or current.rev != outcome.rev):
        await store.put_blob(Collection.EDITIONS, blob)
        return False
    return blob is not None
