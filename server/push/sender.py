"""Sends messages to push services and says what became of each. Knows no store: the fan-out keeps what must be kept."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from server.keys.vapid import VapidKey, VapidTokenError
from server.push.connection_pool import ServicePool
from server.push.delivery import Delivery, DeliveryBatch, DeliveryStatus, Message
from server.push.endpoint_policy import EndpointPolicy, PushService
from server.push.message_encryption import OVERHEAD
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES
from sync.errors import Refused

ENCRYPTION_BATCH = 16  # messages encoded in a row: two and a half milliseconds in which this process does nothing else
MAX_TTL = 28 * 24 * 3600  # seconds: what services keep at most
URGENCY = {"Extreme": "high", "Severe": "high", "Moderate": "normal", "Minor": "low", "Unknown": "low"}


class PushSender:
    """`trust`: whom TLS believes; None: what this machine believes."""

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
        self._pools: dict[str, ServicePool] = {}
        self._encryption_lock = asyncio.Lock()

    async def send(
        self,
        receivers: Iterable[tuple[str, Mapping[str, Any], Message]],
        on_encrypted: Callable[[], None] = lambda: None,
    ) -> list[Delivery]:
        """Each (id, subscription's body, message), and what became of it, in the same order. SLOW ones go on in the background.

        `sealed` is called when all are encoded: from then on this process only waits for answers.
        """
        batch = DeliveryBatch()
        queued: dict[str, list[Delivery]] = {}
        heads: dict[tuple[str, bytes], bytes] = {}
        now = int(self._clock())
        for id, subscription, message in receivers:
            try:
                endpoint = self._policy.parse_endpoint(subscription["endpoint"])
            except (Refused, KeyError, TypeError):
                self._refuse(id, batch, "service")
                continue
            if message.expires <= now:
                self._refuse(id, batch, "over")
                continue
            if (
                len(message.payload) > MAX_PAYLOAD_BYTES
            ):  # pywebpush would make two records of it, which services refuse
                self._refuse(id, batch, "size")
                continue
            origin = endpoint.service.origin
            key = (origin, message.payload)
            try:
                if key not in heads:
                    heads[key] = self._request_head(endpoint.service, message, now)
            except VapidTokenError:
                self._refuse(id, batch, "key")
                continue
            head = b"POST " + endpoint.target.encode() + heads[key]
            delivery = Delivery(id, subscription, head, message.payload, batch)
            batch.add(delivery)
            queued.setdefault(origin, []).append(delivery)
            if origin not in self._pools:
                self._pools[origin] = ServicePool(endpoint.service, self._policy, self._ssl_context, self._clock)
        async with self._encryption_lock:  # one batch after the other, so that shards end one by one
            for origin, deliveries in queued.items():
                for start in range(0, len(deliveries), ENCRYPTION_BATCH):
                    self._pools[origin].send(
                        [one for one in deliveries[start : start + ENCRYPTION_BATCH] if one.encrypt()]
                    )
                    await asyncio.sleep(0)
        on_encrypted()
        await batch.wait()
        return batch.take_deliveries()

    def close(self) -> None:
        for line in self._pools.values():
            line.close()
        self._pools.clear()

    @staticmethod
    def _refuse(id: str, batch: DeliveryBatch, reason: str) -> None:
        delivery = Delivery(id, {}, b"", b"", batch)
        batch.add(delivery)
        delivery.finish(DeliveryStatus.REFUSED, reason)

    def _request_head(self, service: PushService, message: Message, now: int) -> bytes:
        """What follows the target in every request for this message to this service."""
        lines = (
            " HTTP/1.1",
            f"host: {service.origin.partition('://')[2]}",
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
