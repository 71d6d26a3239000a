"""Erasure in CouchDB: every revision purged, then the file written anew without them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from sync.errors import Unavailable
from sync.store.couch.client import StatusError
from sync.store.couch.database import CouchDatabase, LeafRevision, ServerCapabilities

_BATCH_SIZE = 50  # documents of one purge; CouchDB takes 100
_POLL_INTERVAL = 0.1
_MIN_WAIT = 1.0  # seconds: CouchDB begins a compaction a moment after it said yes
_MAX_WAIT = 600.0  # a hub's whole file on its slow disk


async def erase(database: CouchDatabase, server: ServerCapabilities, ids: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(ids))
    for at in range(0, len(wanted), _BATCH_SIZE):
        part = wanted[at : at + _BATCH_SIZE]
        while leaves := [
            leaf for leaf in await database.leaves(server, part) if server.is_couchdb or leaf.body is not None
        ]:
            await (_purge(database, leaves) if server.is_couchdb else _delete(database, leaves))
    if server.is_couchdb:
        await _wait_for_compaction(database, 0.0)  # a compaction under way may have copied what was there a moment ago
        await database.call(lambda database: database.compact())
        await _wait_for_compaction(database, _MIN_WAIT)


async def _purge(database: CouchDatabase, leaves: list[LeafRevision]) -> None:
    revisions: dict[str, list[str]] = {}
    for leaf in leaves:
        revisions.setdefault(leaf.id, []).append(leaf.rev)
    try:
        status, _, _ = await database.call(lambda database: database.resource.post_json("_purge", revisions))
    except StatusError as answer:
        raise _erasure_pending() from answer
    if status != 201:  # too few nodes know of it
        raise _erasure_pending()


async def _delete(database: CouchDatabase, leaves: list[LeafRevision]) -> None:
    documents = [{"_id": leaf.id, "_rev": leaf.rev, "_deleted": True} for leaf in leaves]
    await database.call(lambda database: database.update(documents))


async def _wait_for_compaction(database: CouchDatabase, min_wait: float) -> None:
    """Waits until no compaction runs, having looked for `least` seconds."""
    start = time.monotonic()
    while True:
        running = (await database.call(lambda database: database.info()))["compact_running"]
        elapsed = time.monotonic() - start
        if not running and elapsed >= min_wait:
            return
        if elapsed > _MAX_WAIT:
            raise _erasure_pending()
        await asyncio.sleep(_POLL_INTERVAL)


def _erasure_pending() -> Unavailable:
    return Unavailable("store-erasing", "L’effacement n’est pas terminé.", "Recommencez plus tard.")
