"""One message to one phone and its delivery status. Used by `sender.py` and `shard_worker.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.push.connection_pool import PushConnection
from server.push.message_encryption import InvalidSubscriptionKeys, encode
from sync.canonical import digest

SLOW_AFTER = 1.0  # seconds without a response after which a batch stops waiting for a delivery
TIMEOUT = 20.0  # seconds without a response after which a delivery fails, to be retried
MAX_QUEUE_TIME = 10.0  # seconds that a delivery may wait for a connection
POLL_INTERVAL = 0.25  # seconds between checks for slow deliveries
PERMANENT_FAILURES = ("push-private", "host")  # of a connection: a retry would meet the same name and address


class DeliveryStatus(StrEnum):
    DELIVERED = "delivered"  # the push service accepted it
    GONE = "gone"  # the subscription no longer exists
    REFUSED = "refused"  # the push service will never accept this message
    RETRY = "later"  # to be retried
    SLOW = "slow"  # no response yet


@dataclass(frozen=True, slots=True)
class Message:
    """One payload for many phones. Of a story (`root`) the push service keeps only the latest undelivered message."""

    payload: bytes
    severity: str
    root: str
    expires: int

    @property
    def topic(self) -> str:
        return digest(self.root)[:32]


class Delivery:
    """One message to one subscription, given as the body of its record.

    `status` is None while pending. SLOW is the only status that still changes; `on_change` is called then.
    """

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
        """Encrypt the payload; False, with status REFUSED, for invalid keys.

        Encrypting in batches costs a sixth less CPU than one at a time between two responses.
        """
        try:
            self._request_bytes = self._header + encode(self._payload, self._subscription)
        except InvalidSubscriptionKeys:
            self.finish(DeliveryStatus.REFUSED, "key")
            return False
        return True

    def to_bytes(self) -> bytes:
        request_bytes, self._request_bytes = self._request_bytes, b""
        return request_bytes

    def on_sent(self, connection: PushConnection) -> None:
        self._connection = connection
        self.started_at = self._batch.time()

    def on_response(self, status: int, retry_after: str) -> None:
        self.retry_after = retry_after
        self.finish(classify_response(status), str(status))

    def on_failure(self, reason: str) -> None:
        self.finish(DeliveryStatus.REFUSED if reason in PERMANENT_FAILURES else DeliveryStatus.RETRY, reason)

    def finish(self, status: DeliveryStatus, reason: str) -> None:
        before, self.status, self.reason = self.status, status, reason
        self._connection = None
        if before is None:
            self._batch.count_down()
        elif before is DeliveryStatus.SLOW and self.on_change:
            self.on_change(self)

    def mark_slow(self) -> None:
        """Stop waiting for this delivery and replace its connection."""
        self.status = DeliveryStatus.SLOW
        self._batch.count_down()
        asyncio.get_running_loop().call_later(TIMEOUT - SLOW_AFTER, self._time_out)
        if self._connection:
            self._connection.pool.replace(self._connection)

    def _time_out(self) -> None:
        if self._connection and self._connection.request is self:
            self._connection.abort("timeout")


class DeliveryBatch:
    """Deliveries awaited together. `max_queue_time`: seconds that each may wait for a connection."""

    def __init__(self, max_queue_time: float = MAX_QUEUE_TIME) -> None:
        self._max_queue_time = max_queue_time
        self.time = asyncio.get_running_loop().time
        self._started_at = self.time()
        self._remaining = 0
        self._done = asyncio.Event()
        self.deliveries: list[Delivery] = []

    def add(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self._remaining += 1

    def take_deliveries(self) -> list[Delivery]:
        """Hand over the deliveries and drop them, to avoid a reference cycle."""
        deliveries, self.deliveries = self.deliveries, []
        return deliveries

    def count_down(self) -> None:
        self._remaining -= 1
        if not self._remaining:
            self._done.set()

    async def wait(self) -> None:
        """Wait until every delivery has a status.

        One without a response after SLOW_AFTER becomes SLOW, one not sent within `max_queue_time` becomes RETRY.
        """
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
            elif delivery.status is None and not delivery.started_at and now - self._started_at > self._max_queue_time:
                delivery.finish(DeliveryStatus.RETRY, "queued")


def classify_response(status: int) -> DeliveryStatus:
    """The delivery status for an HTTP status (RFC 8030). Redirects count as REFUSED."""
    if 200 <= status < 300:
        return DeliveryStatus.DELIVERED
    if status in (404, 410):
        return DeliveryStatus.GONE
    if status in (408, 425, 429) or status >= 500:
        return DeliveryStatus.RETRY
    return DeliveryStatus.REFUSED
