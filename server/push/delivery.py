"""One message to one phone, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.push.connection_pool import PushConnection
from server.push.message_encryption import InvalidSubscriptionKeys, encode
from sync.canonical import digest

SLOW_AFTER = 1.0  # seconds after which a silent message holds its neighbours up no longer
TIMEOUT = 20.0  # seconds after which it is given up, to be tried again
MAX_QUEUE_TIME = 10.0  # seconds that a message may wait for a connection
POLL_INTERVAL = 0.25  # seconds between looks at what is silent


class DeliveryStatus(StrEnum):
    DELIVERED = "delivered"  # the push service has it
    GONE = "gone"  # the subscription is dead
    REFUSED = "refused"  # it will never take this message
    RETRY = "later"  # try again
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
        "_connection",
        "_header",
        "_payload",
        "_request_bytes",
        "_subscription",
        "id",
        "on_change",
        "reason",
        "retry_after",
        "started_at",
        "status",
    )

    def __init__(
        self, id: str, subscription: Mapping[str, Any], head: bytes, payload: bytes, batch: DeliveryBatch
    ) -> None:
        self.id = id
        self._subscription = subscription
        self._header = head
        self._payload = payload
        self._batch = batch
        self._request_bytes = b""
        self._connection: PushConnection | None = None
        self.status: DeliveryStatus | None = None
        self.reason = ""
        self.retry_after = ""
        self.started_at = 0.0
        self.on_change: Callable[[Delivery], None] | None = None

    @property
    def is_pending(self) -> bool:
        return self.status is None

    def encrypt(self) -> bool:
        """Encode; False, and refused, for keys that are none. Many in a row cost a sixth less than each between two answers."""
        try:
            self._request_bytes = self._header + encode(self._payload, self._subscription)
        except InvalidSubscriptionKeys:
            self.finish(DeliveryStatus.REFUSED, "key")
            return False
        return True

    def to_bytes(self) -> bytes:
        wire, self._request_bytes = self._request_bytes, b""
        return wire

    def on_sent(self, connection: PushConnection) -> None:
        self._connection = connection
        self.started_at = self._batch.time()

    def on_response(self, status: int, retry_after: str) -> None:
        self.retry_after = retry_after
        self.finish(classify_response(status), str(status))

    def on_failure(self, reason: str) -> None:
        self.finish(DeliveryStatus.REFUSED if reason == "push-private" else DeliveryStatus.RETRY, reason)

    def finish(self, status: DeliveryStatus, reason: str) -> None:
        before, self.status, self.reason = self.status, status, reason
        self._connection = None
        if before is None:
            self._batch.count_down()
        elif before is DeliveryStatus.SLOW and self.on_change:
            self.on_change(self)

    def mark_slow(self) -> None:
        """It holds its batch up no longer, nor the place of its connection."""
        self.status = DeliveryStatus.SLOW
        self._batch.count_down()
        asyncio.get_running_loop().call_later(TIMEOUT - SLOW_AFTER, self._time_out)
        if self._connection:
            self._connection.pool.replace(self._connection)

    def _time_out(self) -> None:
        if self._connection and self._connection.request is self:
            self._connection.abort("timeout")


class DeliveryBatch:
    """Deliveries that are waited for together."""

    def __init__(self) -> None:
        self.time = asyncio.get_running_loop().time
        self._started_at = self.time()
        self._remaining = 0
        self._done = asyncio.Event()
        self.deliveries: list[Delivery] = []

    def add(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self._remaining += 1

    def take_deliveries(self) -> list[Delivery]:
        """Its deliveries, which it lets go of: each knows its batch, and a ring would stay until the collector finds it."""
        deliveries, self.deliveries = self.deliveries, []
        return deliveries

    def count_down(self) -> None:
        self._remaining -= 1
        if not self._remaining:
            self._done.set()

    async def wait(self) -> None:
        """Until each has a fate: what is silent for PATIENCE is SLOW, what is not begun within QUEUED is LATER."""
        while self._remaining:
            try:
                async with asyncio.timeout(POLL_INTERVAL):
                    await self._done.wait()
            except TimeoutError:
                self._check_silent()

    def _check_silent(self) -> None:
        now = self.time()
        for delivery in self.deliveries:
            if delivery.status is None and delivery.started_at and now - delivery.started_at > SLOW_AFTER:
                delivery.mark_slow()
            elif delivery.status is None and not delivery.started_at and now - self._started_at > MAX_QUEUE_TIME:
                delivery.finish(DeliveryStatus.RETRY, "queued")


def classify_response(status: int) -> DeliveryStatus:
    """What a service's answer means (RFC 8030). Redirects are refused, never followed."""
    if 200 <= status < 300:
        return DeliveryStatus.DELIVERED
    if status in (404, 410):
        return DeliveryStatus.GONE
    if status in (408, 425, 429) or status >= 500:
        return DeliveryStatus.RETRY
    return DeliveryStatus.REFUSED
