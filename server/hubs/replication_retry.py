"""The state of a hub's link, and the restart of its replications once headquarters is reachable again.

CouchDB's scheduler knows of a cut only when it has something to transfer, so headquarters is asked whether it takes a
connection. Used by `hub_job.py` on a hub.

CouchDB's back-off grows to eight hours after a day offline, so a connection of one hour could pass unused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import anyio

from server.hubs import replication_status
from server.hubs.join import HubMembership
from server.hubs.replication_status import ReplicationHealth, ReplicationState
from server.hubs.replications import Replication
from sync.store.administration import REPLICATOR, CouchAdmin

CONNECT_TIMEOUT = 10.0  # seconds
BATCH_SIZES = (500, 499)  # the default and another value: CouchDB restarts a replication whose document changed


async def load_link_states(
    couch: CouchAdmin,
    membership: HubMembership,
    expected: Sequence[Replication],
    polled: Sequence[ReplicationState] = (),
) -> list[ReplicationState]:
    """The states `polled` and those of `expected`; all are cut while headquarters takes no connection."""
    states = [*polled, *await replication_status.load_states(couch, expected)]
    if await is_reachable(membership.headquarters):
        return states
    return [
        replace(state, health=ReplicationHealth.CUT, reason=state.reason or replication_status.SILENT)
        if state.is_healthy or state.health is ReplicationHealth.STARTING
        else state
        for state in states
    ]


async def restart_cut(couch: CouchAdmin, membership: HubMembership, expected: Sequence[Replication]) -> int:
    """Restart broken replications if headquarters is reachable; return their number. Each start costs kilobytes."""
    states = await replication_status.load_states(couch, expected)
    cut = [state.replication for state in states if state.health is ReplicationHealth.CUT]
    if not cut or not await is_reachable(membership.headquarters):
        return 0
    return sum([await _restart(couch, replication) for replication in cut])


async def is_reachable(url: str) -> bool:
    """True if a TCP connection succeeds: a few packets, where a replication's own try costs kilobytes."""
    parts = urlsplit(url)
    try:
        with anyio.fail_after(CONNECT_TIMEOUT):
            stream = await anyio.connect_tcp(
                parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
            )
            await stream.aclose()
    except (OSError, TimeoutError):
        return False
    return True


async def _restart(couch: CouchAdmin, replication: Replication) -> bool:
    document = await couch.get_document(REPLICATOR, replication.document_id)
    if document is None:
        return False
    body = {name: value for name, value in document.items() if not name.startswith("_")}
    batch_size = BATCH_SIZES[1] if body.get("worker_batch_size", BATCH_SIZES[0]) == BATCH_SIZES[0] else BATCH_SIZES[0]
    return await couch.put_document(REPLICATOR, replication.document_id, {**body, "worker_batch_size": batch_size})
