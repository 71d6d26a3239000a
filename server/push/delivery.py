"""One message to one phone, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.push.connection_pool import Link
from server.push.encoding import BrokenKeys, encode
from sync.canonical import digest

PATIENCE = 1.0  # seconds after which a silent message holds its neighbours up no longer
TIMEOUT = 20.0  # seconds after which it is given up, to be tried again
QUEUED = 10.0  # seconds that a message may wait for a connection
LOOK = 0.25  # seconds between looks at what is silent


class Fate(StrEnum):
    DELIVERED = "delivered"  # the push service has it
    GONE = "gone"  # the subscription is dead
    REFUSED = "refused"  # it will never take this message
    LATER = "later"  # try again
    SLOW = "slow"  # no answer yet


@dataclass(frozen=True, slots=True)
class Message:
    """One payload for many phones. `root`: a later message of the same story replaces it while it waits at the service."""

    payload: bytes
    severity: str
    root: str
    expires: int

    @property
    def topic(self) -> str:
        return digest(self.root)[:32]


class Delivery:
    """`subscription`: the body of its record. `fate` None: on its way. From SLOW it still changes; then `changed` is called."""

    __slots__ = (
        "_batch",
        "_head",
        "_link",
        "_payload",
        "_subscription",
        "_wire",
        "changed",
        "fate",
        "id",
        "reason",
        "retry_after",
        "since",
    )

    def __init__(self, id: str, subscription: Mapping[str, Any], head: bytes, payload: bytes, batch: Batch) -> None:
        self.id = id
        self._subscription = subscription
        self._head = head
        self._payload = payload
        self._batch = batch
        self._wire = b""
        self._link: Link | None = None
        self.fate: Fate | None = None
        self.reason = ""
        self.retry_after = ""
        self.since = 0.0
        self.changed: Callable[[Delivery], None] | None = None

    @property
    def wanted(self) -> bool:
        return self.fate is None

    def seal(self) -> bool:
        """Encode; False, and refused, for keys that are none. Many in a row cost a sixth less than each between two answers."""
        try:
            self._wire = self._head + encode(self._payload, self._subscription)
        except BrokenKeys:
            self.settle(Fate.REFUSED, "key")
            return False
        return True

    def request(self) -> bytes:
        wire, self._wire = self._wire, b""
        return wire

    def begun(self, link: Link) -> None:
        self._link = link
        self.since = self._batch.time()

    def answered(self, status: int, retry_after: str) -> None:
        self.retry_after = retry_after
        self.settle(fate_of(status), str(status))

    def failed(self, reason: str) -> None:
        self.settle(Fate.REFUSED if reason == "push-private" else Fate.LATER, reason)

    def settle(self, fate: Fate, reason: str) -> None:
        before, self.fate, self.reason = self.fate, fate, reason
        self._link = None
        if before is None:
            self._batch.one_less()
        elif before is Fate.SLOW and self.changed:
            self.changed(self)

    def let_go(self) -> None:
        """It holds its batch up no longer, nor the place of its connection."""
        self.fate = Fate.SLOW
        self._batch.one_less()
        asyncio.get_running_loop().call_later(TIMEOUT - PATIENCE, self._give_up)
        if self._link:
            self._link.line.replace(self._link)

    def _give_up(self) -> None:
        if self._link and self._link.job is self:
            self._link.cut("timeout")


class Batch:
    """Deliveries that are waited for together."""

    def __init__(self) -> None:
        self.time = asyncio.get_running_loop().time
        self._began = self.time()
        self._left = 0
        self._done = asyncio.Event()
        self.deliveries: list[Delivery] = []

    def add(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self._left += 1

    def taken(self) -> list[Delivery]:
        """Its deliveries, which it lets go of: each knows its batch, and a ring would stay until the collector finds it."""
        deliveries, self.deliveries = self.deliveries, []
        return deliveries

    def one_less(self) -> None:
        self._left -= 1
        if not self._left:
            self._done.set()

    async def wait(self) -> None:
        """Until each has a fate: what is silent for PATIENCE is SLOW, what is not begun within QUEUED is LATER."""
        while self._left:
            try:
                async with asyncio.timeout(LOOK):
                    await self._done.wait()
            except TimeoutError:
                self._look()

    def _look(self) -> None:
        now = self.time()
        for delivery in self.deliveries:
            if delivery.fate is None and delivery.since and now - delivery.since > PATIENCE:
                delivery.let_go()
            elif delivery.fate is None and not delivery.since and now - self._began > QUEUED:
                delivery.settle(Fate.LATER, "queued")


def fate_of(status: int) -> Fate:
    """What a service's answer means (RFC 8030). Redirects are refused, never followed."""
    if 200 <= status < 300:
        return Fate.DELIVERED
    if status in (404, 410):
        return Fate.GONE
    if status in (408, 425, 429) or status >= 500:
        return Fate.LATER
    return Fate.REFUSED
