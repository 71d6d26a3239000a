"""Bytes of withdrawn media that nothing needs any more are dropped, some weeks after the withdrawal. A daily job calls it.

What needs them: a kept edition whose pages name them, since it may be published again; a document, draft, text set aside or older text
that names them, since it may be taken up again. The record stays and says what was here, so the address answers "withdrawn" for ever.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable

from server.media.media_store import PURGED, WITHDRAWN_ON
from sync.content.stored import WITHDRAWN
from sync.store.contract import Collection, Record, Saved, Store, Write
from sync.store.iteration import iterate_records

GRACE_PERIOD = datetime.timedelta(
    days=30
)  # from the withdrawal: a mistake is noticed, phones have had the next editions
PAGE_SIZE = 200  # pages of editions are up to 16 kB


async def purge_withdrawn(store: Store, now: datetime.datetime) -> list[str]:
    """The names of the media whose bytes went."""
    waiting = {
        record.body["name"]: record
        async for record in iterate_records(store, Collection.CONTENT, "media:", page_size=PAGE_SIZE)
        if _is_due(record, now)
    }
    if waiting:
        waiting = await _select_unused(store, waiting)
    return [name for name, record in waiting.items() if await _drop_bytes(store, name, record)]


def _is_due(record: Record, now: datetime.datetime) -> bool:
    body = record.body
    if body.get("state") != WITHDRAWN or body.get(PURGED):
        return False
    return datetime.datetime.fromisoformat(str(body.get(WITHDRAWN_ON) or body.get("when"))) + GRACE_PERIOD <= now


async def _select_unused(store: Store, waiting: dict[str, Record]) -> dict[str, Record]:
    left = dict(waiting)
    async for record in iterate_records(store, Collection.CONTENT, page_size=PAGE_SIZE):
        if not record.id.startswith("media:"):
            _discard_referenced(left, record)
    async for record in iterate_records(store, Collection.EDITIONS, "page:", page_size=PAGE_SIZE):
        _discard_referenced(left, record)
    return left


def _discard_referenced(left: dict[str, Record], record: Record) -> None:
    text = json.dumps(record.body)
    for name in _find_referenced(left, text):
        del left[name]


def _find_referenced(names: Iterable[str], text: str) -> list[str]:
    """By the digest alone: a page may write an address in a way of its own."""
    return [name for name in names if name.partition(".")[0] in text]


async def _drop_bytes(store: Store, name: str, record: Record) -> bool:
    """Whether the bytes went. Somebody may send the same file again at this moment: then they stay."""
    digest = name.partition(".")[0]
    blob = await store.get_blob(Collection.EDITIONS, digest)
    [outcome] = await store.write(Collection.CONTENT, [Write(record.id, {**record.body, PURGED: True}, record.rev)])
    if not isinstance(outcome, Saved):
        return False
    await store.delete_blob(Collection.EDITIONS, digest)
    after = await store.get(Collection.CONTENT, record.id)
    if blob and (after is None or after.rev != outcome.rev):
        await store.put_blob(Collection.EDITIONS, blob)
        return False
    return blob is not None
