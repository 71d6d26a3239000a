"""Replications tried again once headquarters answers: after a day without a link CouchDB itself waits up to eight hours between tries,
and a link that lasts an hour would pass unused.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import anyio

from server.hubs import replication_status
from server.hubs.join import Joined
from server.hubs.replications import Road
from sync.store.administration import REPLICATOR, CouchAdmin

PATIENCE = 10.0  # seconds for headquarters to take a connection
BATCHES = (
    500,
    499,
)  # CouchDB's own number and another one: it starts a replication anew only when something of it has changed


async def revive(couch: CouchAdmin, joined: Joined, planned: Sequence[Road]) -> int:
    """How many were started anew; none while headquarters does not answer."""
    cut = [
        one.road
        for one in await replication_status.states(couch, planned)
        if one.health is replication_status.Health.CUT
    ]
    if not cut or not await answers(joined.headquarters):
        return 0
    return sum([await _start_anew(couch, road) for road in cut])


async def answers(url: str) -> bool:
    """Whether anything takes a connection there: a few packets, where a replication's own try costs kilobytes."""
    parts = urlsplit(url)
    try:
        with anyio.fail_after(PATIENCE):
            stream = await anyio.connect_tcp(
                parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
            )
            await stream.aclose()
    except (OSError, TimeoutError):
        return False
    return True


async def _start_anew(couch: CouchAdmin, road: Road) -> bool:
    document = await couch.document(REPLICATOR, road.document)
    if document is None:
        return False
    body = {name: value for name, value in document.items() if not name.startswith("_")}
    other = BATCHES[1] if body.get("worker_batch_size", BATCHES[0]) == BATCHES[0] else BATCHES[0]
    return await couch.put(REPLICATOR, road.document, {**body, "worker_batch_size": other})
