"""Sends messages to push services and says what became of each. Knows no store: the fan-out keeps what must be kept."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from server.keys.vapid import VapidKey, VapidTokenError
from server.push.connection_pool import Line
from server.push.delivery import Batch, Delivery, Fate, Message
from server.push.encoding import OVERHEAD
from server.push.endpoint_policy import Guard, Service
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES
from sync.errors import Refused

AT_ONCE = 16  # messages encoded in a row: two and a half milliseconds in which this process does nothing else
TTL_MOST = 28 * 24 * 3600  # seconds: what services keep at most
URGENCY = {"Extreme": "high", "Severe": "high", "Moderate": "normal", "Minor": "low", "Unknown": "low"}


class Sender:
    """`trust`: whom TLS believes; None: what this machine believes."""

    def __init__(
        self, guard: Guard, vapid: VapidKey, clock: Callable[[], float], trust: ssl.SSLContext | None = None
    ) -> None:
        self._guard = guard
        self._vapid = vapid
        self._clock = clock
        self._trust = trust or ssl.create_default_context()
        self._lines: dict[str, Line] = {}
        self._sealing = asyncio.Lock()

    async def send(
        self, receivers: Iterable[tuple[str, Mapping[str, Any], Message]], sealed: Callable[[], None] = lambda: None
    ) -> list[Delivery]:
        """Each (id, subscription's body, message), and what became of it, in the same order. SLOW ones go on in the background.

        `sealed` is called when all are encoded: from then on this process only waits for answers.
        """
        batch = Batch()
        queued: dict[str, list[Delivery]] = {}
        heads: dict[tuple[str, bytes], bytes] = {}
        now = int(self._clock())
        for id, subscription, message in receivers:
            try:
                endpoint = self._guard.endpoint(subscription["endpoint"])
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
                    heads[key] = self._head(endpoint.service, message, now)
            except VapidTokenError:
                self._refuse(id, batch, "key")
                continue
            head = b"POST " + endpoint.target.encode() + heads[key]
            delivery = Delivery(id, subscription, head, message.payload, batch)
            batch.add(delivery)
            queued.setdefault(origin, []).append(delivery)
            if origin not in self._lines:
                self._lines[origin] = Line(endpoint.service, self._guard, self._trust, self._clock)
        async with self._sealing:  # one batch after the other, so that shards end one by one
            for origin, deliveries in queued.items():
                for start in range(0, len(deliveries), AT_ONCE):
                    self._lines[origin].send([one for one in deliveries[start : start + AT_ONCE] if one.seal()])
                    await asyncio.sleep(0)
        sealed()
        await batch.wait()
        return batch.taken()

    def close(self) -> None:
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    @staticmethod
    def _refuse(id: str, batch: Batch, reason: str) -> None:
        delivery = Delivery(id, {}, b"", b"", batch)
        batch.add(delivery)
        delivery.settle(Fate.REFUSED, reason)

    def _head(self, service: Service, message: Message, now: int) -> bytes:
        """What follows the target in every request for this message to this service."""
        lines = (
            " HTTP/1.1",
            f"host: {service.origin.partition('://')[2]}",
            f"ttl: {min(message.expires - now, TTL_MOST)}",
            f"urgency: {URGENCY[message.severity]}",
            f"topic: {message.topic}",
            "content-encoding: aes128gcm",
            "content-type: application/octet-stream",
            f"authorization: {self._vapid.authorization(service.origin, now)}",
            f"content-length: {len(message.payload) + OVERHEAD}",
            "",
            "",
        )
        return "\r\n".join(lines).encode()
