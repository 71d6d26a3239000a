"""A push service as strict as real ones (RFC 8030, 8291, 8292), and phones subscribed to it.

A message that a real service would refuse is refused here, with the reason in `faults`; what it takes it decrypts with
the phone's keys, by the code of others. The first letters of an endpoint's name say how the service behaves for it.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
import py_vapid
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.canonical import base64url_decode, base64url_encode

URGENCIES = ("very-low", "low", "normal", "high")
HOST = "127.0.0.1"


@dataclass
class FakePhone:
    """A subscribed phone. `got`: the decrypted payloads it received."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    got: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def public(self) -> str:
        return base64url_encode(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


@dataclass
class FakePushService:
    """The service. `key`: the VAPID key of its subscriptions; "" accepts any."""

    port: int = 0
    key: str = ""
    phones: dict[str, FakePhone] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    pace: float = 0.0  # seconds before each answer
    retry_after: str = "1"

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    def phone(self, name: str) -> FakePhone:
        self.phones[name] = FakePhone(name)
        return self.phones[name]

    def subscription(self, phone: FakePhone, **choices: Any) -> dict[str, Any]:
        """The body of a subscription's record."""
        return {
            "endpoint": f"{self.origin}/push/{phone.name}",
            "public": phone.public,
            "auth": base64url_encode(phone.auth),
            "channel": "fr-ML",
            "topics": ["alerts"],
            "region": "",
            "severity": "Minor",
            "since": "2026-11-24",
            **choices,
        }

    def answer(self, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]] | None:
        """Status and headers of the response; None if it never answers."""
        name = target.rpartition("/")[2]
        self.asked[name] += 1
        phone = self.phones.get(name)
        if phone is None or name.startswith("gone"):
            return 410, {}
        if name.startswith("busy") and self.asked[name] == 1:
            return 429, {"retry-after": self.retry_after}
        if name.startswith("hang") and self.asked[name] == 1:
            return None
        if name.startswith("never"):
            return 503, {}
        if name.startswith("large"):
            return 413, {}
        if name.startswith("moved"):
            return 307, {"location": self.origin + "/push/elsewhere"}
        fault = self._fault(headers, body)
        try:
            if not fault:
                text = http_ece.decrypt(body, private_key=phone.key, auth_secret=phone.auth, version="aes128gcm")
                phone.got.append(text.decode())
                phone.headers.append(headers)
        except http_ece.ECEException as error:
            fault = f"cannot be decrypted: {error}"
        if fault:
            self.faults.append(fault)
            return 400, {}
        return 201, {"location": f"{self.origin}/message/{secrets.token_hex(4)}"}

    def _fault(self, headers: dict[str, str], body: bytes) -> str:
        if not re.fullmatch(r"\d{1,10}", headers.get("ttl", "")):
            return "TTL is missing"
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "x")):
            return "Topic is not base64url of 32 characters"
        if headers.get("urgency", "normal") not in URGENCIES:
            return "Urgency is unknown"
        if headers.get("content-encoding") != "aes128gcm" or not 0 < len(body) <= 4096:
            return "body is not one aes128gcm message of 4,096 bytes"
        return self._vapid_fault(headers.get("authorization", ""))

    def _vapid_fault(self, authorization: str) -> str:
        match = re.fullmatch(r"vapid t=([^,]+), ?k=(\S+)", authorization)
        if not match:
            return "no VAPID"
        if self.key and match[2] != self.key:
            return "another VAPID key than the subscription's"
        claims = _claims(match[1])
        if not py_vapid.Vapid02.verify(authorization):
            return "the VAPID signature is false"
        if claims.get("aud") != self.origin:
            return "the VAPID audience is another"
        if not time.time() < claims.get("exp", 0) <= time.time() + 86_400:
            return "the VAPID expiry is not within 24 hours"
        return "" if re.match(r"(mailto|https):", claims.get("sub", "")) else "the VAPID contact is missing"


_KNOWN: dict[str, Any] = {}


def _claims(token: str) -> Any:
    import json

    if token not in _KNOWN:
        _KNOWN[token] = json.loads(base64url_decode(token.split(".")[1]))
    return _KNOWN[token]


@asynccontextmanager
async def running_push_service(service: FakePushService) -> AsyncIterator[FakePushService]:
    """Run the service on a local port."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        service.connections += 1
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            while await _exchange(service, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, HOST, service.port)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.sleep(0)


async def _exchange(service: FakePushService, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    body = await reader.readexactly(int(headers["content-length"]))
    if service.pace:
        await asyncio.sleep(service.pace)
    answer = service.answer(target, headers, body) if method == "POST" else (405, {})
    if answer is None:
        await asyncio.sleep(3600)
        return False
    status, more = answer
    header_lines = "".join(f"{name}: {value}\r\n" for name, value in more.items())
    writer.write(f"HTTP/1.1 {status} Said\r\n{header_lines}content-length: 0\r\n\r\n".encode())
    await writer.drain()
    return True
