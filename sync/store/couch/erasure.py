"""Erasure in CouchDB: every revision purged, then the file written anew without them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from sync.errors import Unavailable
from sync.store.couch.client import Answered
from sync.store.couch.database import Database, Leaf, Server

_SLICE = 50  # documents of one purge; CouchDB takes 100
_PERIOD = 0.1
_LEAST = 1.0  # seconds: CouchDB begins a compaction a moment after it said yes
_MOST = 600.0  # a hub's whole file on its slow disk


async def erase(database: Database, server: Server, ids: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(ids))
    for at in range(0, len(wanted), _SLICE):
        part = wanted[at : at + _SLICE]
        while leaves := [leaf for leaf in await database.leaves(server, part) if server.real or leaf.body is not None]:
            await (_purge(database, leaves) if server.real else _delete(database, leaves))
    if server.real:
        await _quiet(database, 0.0)  # a compaction under way may have copied what was there a moment ago
        await database.call(lambda database: database.compact())
        await _quiet(database, _LEAST)


async def _purge(database: Database, leaves: list[Leaf]) -> None:
    revisions: dict[str, list[str]] = {}
    for leaf in leaves:
        revisions.setdefault(leaf.id, []).append(leaf.rev)
    try:
        status, _, _ = await database.call(lambda database: database.resource.post_json("_purge", revisions))
    except Answered as answer:
        raise _unfinished() from answer
    if status != 201:  # too few nodes know of it
        raise _unfinished()


async def _delete(database: Database, leaves: list[Leaf]) -> None:
    documents = [{"_id": leaf.id, "_rev": leaf.rev, "_deleted": True} for leaf in leaves]
    await database.call(lambda database: database.update(documents))


async def _quiet(database: Database, least: float) -> None:
    """Waits until no compaction runs, having looked for `least` seconds."""
    start = time.monotonic()
    while True:
        running = (await database.call(lambda database: database.info()))["compact_running"]
        elapsed = time.monotonic() - start
        if not running and elapsed >= least:
            return
        if elapsed > _MOST:
            raise _unfinished()
        await asyncio.sleep(_PERIOD)


def _unfinished() -> Unavailable:
    return Unavailable("store-erasing", "L’effacement n’est pas terminé.", "Recommencez plus tard.")
