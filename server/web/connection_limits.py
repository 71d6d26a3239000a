"""Limits of connections: how many, how long, how slow and how large. Used by `http_connection`."""

from __future__ import annotations

import resource
from dataclasses import dataclass

SPARE_DESCRIPTORS = 64  # for the store, files and outgoing connections of the process
FEWEST_CONNECTIONS = 8
WANTED_DESCRIPTORS = 4096  # twice the most connections; many systems start processes with 1,024


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Times in seconds, sizes in bytes.

    `silent`: a new connection without its first byte, and the window in which a slow body or reader is measured.
    `rate`: bytes a second that a body or a reader has to move over that window; EDGE moves fifty times as many.
    `drained`: what is still read of a body after its answer; closing at once could lose the answer on its way.
    `lingering`: how long a refused client may go on sending; closed at once, it would lose the refusal.
    `stopping_silent`: replaces `silent` while the server stops. `tick`: between two checks of all connections.
    """

    connections: int = 2_000
    headers: float = 20.0
    header_bytes: int = 32 * 1024
    silent: float = 30.0
    rate: int = 500
    keep_alive: float = 75.0  # the pause before a phone's second request is long on EDGE
    pipelined: int = 16
    drained: int = 1024 * 1024
    lingering: float = 2.0
    stopping: float = 10.0
    stopping_silent: float = 2.0
    tick: float = 1.0


def raise_descriptor_limit(wanted: int = WANTED_DESCRIPTORS) -> None:
    """Raise this process's soft limit of open files towards the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    reachable = wanted if hard == unlimited else min(wanted, hard)
    if soft != unlimited and soft < reachable:
        resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))


def most_connections(limits: ConnectionLimits) -> int:
    """The connections that this process can hold: `limits.connections`, or fewer where descriptors are scarce."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return limits.connections
    return min(limits.connections, max(FEWEST_CONNECTIONS, soft - SPARE_DESCRIPTORS))
