"""Erasure in CouchDB: purge every revision, then compact the database file. Raises Unavailable until both are done.

A node that is away keeps its file; CouchDB purges there when it is back, and compacts no file that small. A local
document of the database therefore notes that compactions are owed, until they ran with every node there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from sync.errors import Unavailable
from sync.store.couch.client import StatusError
from sync.store.couch.database import CouchDatabase, LeafRevision, ServerCapabilities

OWED_PATH = "_local/kunnafoni-compaction"
_OWED_COMPACTIONS = 2  # the second after an interval in which the node that came back has purged for sure
_BATCH_SIZE = 50  # documents of one purge; CouchDB accepts 100
_POLL_INTERVAL = 0.1  # seconds
_MIN_WAIT = 1.0  # seconds: CouchDB starts a compaction a moment after it accepted the request
_MAX_WAIT = 600.0  # seconds: the whole file of a hub with a slow disk


async def erase(database: CouchDatabase, server: ServerCapabilities, ids: Sequence[str]) -> None:
    unique_ids = list(dict.fromkeys(ids))
    for start in range(0, len(unique_ids), _BATCH_SIZE):
        batch = unique_ids[start : start + _BATCH_SIZE]
        while leaves := [
            leaf for leaf in await database.leaves(server, batch) if server.is_couchdb or leaf.body is not None
        ]:
            await (_purge(database, leaves) if server.is_couchdb else _delete(database, leaves))
    if server.is_couchdb:
        if await database.missing_nodes():
            await _write_owed(database, _OWED_COMPACTIONS)
        await _compact(database)


async def owed_compactions(database: CouchDatabase) -> int:
    """Number of compactions that are owed to nodes that were away during an erasure."""
    return int((await database.get_local(OWED_PATH)).get("owed", 0))


async def settle_erasure(database: CouchDatabase) -> None:
    """Run one compaction that is owed, if every node is there; to be called again after an interval."""
    owed = await owed_compactions(database)
    if owed and not await database.missing_nodes():
        await _compact(database)
        await _write_owed(database, owed - 1)


async def _write_owed(database: CouchDatabase, count: int) -> None:
    await database.put_local(OWED_PATH, {"owed": count})


async def _compact(database: CouchDatabase) -> None:
    await _wait_for_compaction(database, 0.0)  # one in progress may have copied the purged revisions already
    await database.call(lambda database: database.compact())
    await _wait_for_compaction(database, _MIN_WAIT)


async def _purge(database: CouchDatabase, leaves: list[LeafRevision]) -> None:
    revisions: dict[str, list[str]] = {}
    for leaf in leaves:
        revisions.setdefault(leaf.id, []).append(leaf.rev)
    try:
        status, _, _ = await database.call(lambda database: database.resource.post_json("_purge", revisions))
    except StatusError as error:
        raise _erasure_pending() from error
    if status != 201:  # no quorum of nodes has purged them
        raise _erasure_pending()


async def _delete(database: CouchDatabase, leaves: list[LeafRevision]) -> None:
    documents = [{"_id": leaf.id, "_rev": leaf.rev, "_deleted": True} for leaf in leaves]
    await database.call(lambda database: database.update(documents))


async def _wait_for_compaction(database: CouchDatabase, min_wait: float) -> None:
    """Poll for at least `min_wait` seconds and until no compaction is running."""
    start = time.monotonic()
    while True:
        is_running = (await database.call(lambda database: database.info()))["compact_running"]
        elapsed = time.monotonic() - start
        if not is_running and elapsed >= min_wait:
            return
        if elapsed > _MAX_WAIT:
            raise _erasure_pending()
        await asyncio.sleep(_POLL_INTERVAL)


def _erasure_pending() -> Unavailable:
    return Unavailable("store-erasing", "L’effacement n’est pas terminé.", "Recommencez plus tard.")
