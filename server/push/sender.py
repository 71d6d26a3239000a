"""Sends messages to push services and reports each delivery; stores nothing. Used by the fan-out and test alerts."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from server.keys.vapid import VapidKey, VapidTokenError
from server.push.connection_pool import ServicePool
from server.push.delivery import MAX_QUEUE_TIME, Delivery, DeliveryBatch, DeliveryStatus, Message
from server.push.endpoint_policy import EndpointPolicy, InvalidEndpoint, PushService
from server.push.message_encryption import OVERHEAD
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES
from sync.errors import Refused

ENCRYPTION_BATCH = 16  # messages encrypted in a row: they block the event loop for 2.5 ms
MAX_TTL = 28 * 24 * 3600  # seconds: the longest time that services store a message
URGENCY = {"Extreme": "high", "Severe": "high", "Moderate": "normal", "Minor": "low", "Unknown": "low"}


class PushSender:
    """Sends to all push services, with one connection pool for each. `ssl_context` None: the system's certificates."""

    def __init__(
        self,
        policy: EndpointPolicy,
        vapid: VapidKey,
        clock: Callable[[], float],
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._policy = policy
        self._vapid = vapid
        self._clock = clock
        self._ssl_context = ssl_context or ssl.create_default_context()
        self._pools: dict[PushService, ServicePool] = {}
        self._encryption_lock = asyncio.Lock()

    async def send(
        self,
        receivers: Iterable[tuple[str, Mapping[str, Any], Message]],
        on_encrypted: Callable[[], None] = lambda: None,
        max_queue_time: float = MAX_QUEUE_TIME,
    ) -> list[Delivery]:
        """Send to receivers (id, body of the subscription's record, message); return deliveries in the same order.

        SLOW deliveries continue in the background. `on_encrypted` is called once only responses are awaited.
        A delivery without a connection within `max_queue_time` seconds becomes RETRY.
        """
        batch = DeliveryBatch(max_queue_time)
        by_service: dict[PushService, list[Delivery]] = {}
        header_by_key: dict[tuple[PushService, bytes], bytes] = {}
        now = int(self._clock())
        for id, subscription, message in receivers:
            try:
                endpoint = self._policy.parse_endpoint(subscription["endpoint"])
            except InvalidEndpoint:  # accepted by an earlier version; no setting makes it a push service's
                self._refuse(id, batch, "endpoint", DeliveryStatus.GONE)
                continue
            except (Refused, KeyError, TypeError):
                self._refuse(id, batch, "service")
                continue
            if message.expires <= now:
                self._refuse(id, batch, "over")
                continue
            if len(message.payload) > MAX_PAYLOAD_BYTES:  # it would need a second record, which services refuse
                self._refuse(id, batch, "size")
                continue
            service = endpoint.service
            key = (service, message.payload)
            try:
                if key not in header_by_key:
                    header_by_key[key] = self._request_head(service, message, now)
            except VapidTokenError:
                self._refuse(id, batch, "key")
                continue
            header = b"POST " + endpoint.target.encode() + header_by_key[key]
            delivery = Delivery(id, subscription, header, message.payload, batch)
            batch.add(delivery)
            by_service.setdefault(service, []).append(delivery)
            if service not in self._pools:
                self._pools[service] = ServicePool(service, self._policy, self._ssl_context, self._clock)
        async with self._encryption_lock:  # one batch at a time, so that shards end one by one
            for service, deliveries in by_service.items():
                for start in range(0, len(deliveries), ENCRYPTION_BATCH):
                    self._pools[service].send(
                        [delivery for delivery in deliveries[start : start + ENCRYPTION_BATCH] if delivery.encrypt()]
                    )
                    await asyncio.sleep(0)
        on_encrypted()
        await batch.wait()
        return batch.take_deliveries()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    @staticmethod
    def _refuse(id: str, batch: DeliveryBatch, reason: str, status: DeliveryStatus = DeliveryStatus.REFUSED) -> None:
        delivery = Delivery(id, {}, b"", b"", batch)
        batch.add(delivery)
        delivery.finish(status, reason)

    def _request_head(self, service: PushService, message: Message, now: int) -> bytes:
        """The request head after the target, the same for every request with this message to this service."""
        lines = (
            " HTTP/1.1",
            f"host: {service.authority}",
            f"ttl: {min(message.expires - now, MAX_TTL)}",
            f"urgency: {URGENCY[message.severity]}",
            f"topic: {message.topic}",
            "content-encoding: aes128gcm",
            "content-type: application/octet-stream",
            f"authorization: {self._vapid.authorization_header(service.origin, now)}",
            f"content-length: {len(message.payload) + OVERHEAD}",
            "",
            "",
        )
        return "\r\n".join(lines).encode()
