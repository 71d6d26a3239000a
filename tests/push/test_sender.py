"""An independent push service (npm's web-push-testing) accepts and decrypts the messages."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.keys.vapid import VapidKey
from server.push import fanout_records
from server.push.delivery import Delivery, DeliveryStatus, Message
from server.push.endpoint_policy import EndpointPolicy
from server.push.fanout import Fanout
from server.push.sender import PushSender
from sync.canonical import base64url_encode
from sync.editions.signing import Signer
from sync.store.contract import Collection
from tests.support import repository
from tests.support.fake_push_service import FakePhone
from tests.support.fanout_process import CONTACT, make_broadcast, open_push_store, subscribe
from tests.support.local_ports import free_port
from tests.support.self_signed_certificate import context_for

pytestmark = pytest.mark.anyio

SERVER = repository.ROOT / "tests/peers/node_modules/web-push-testing/src/bin/server.js"
VAPID = VapidKey(Signer.generate(), CONTACT)


@pytest.fixture
async def service() -> AsyncIterator[httpx.AsyncClient]:
    port = free_port()
    process = await asyncio.create_subprocess_exec("node", str(SERVER), str(port), stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    await process.stdout.readline()
    async with httpx.AsyncClient(base_url=f"http://localhost:{port}") as client:
        yield client
    process.terminate()
    await process.wait()


async def subscribed(service: httpx.AsyncClient) -> dict[str, object]:
    """The body of a subscription's record; `hash` is the service's own id of the phone."""
    answer = await service.post(
        "/subscribe", json={"userVisibleOnly": "true", "applicationServerKey": VAPID.public_key}
    )
    subscription = answer.json()["data"]
    return {
        "endpoint": subscription["endpoint"],
        "public": subscription["keys"]["p256dh"].rstrip("="),
        "auth": subscription["keys"]["auth"].rstrip("="),
        "channel": "fr-ML",
        "topics": ["alerts"],
        "region": "",
        "severity": "Minor",
        "since": "2026-11-24",
        "hash": subscription["clientHash"],
    }


async def test_it_takes_our_messages_and_says_when_a_phone_is_gone(service: httpx.AsyncClient, tmp_path: Path) -> None:
    phones = [await subscribed(service) for _ in range(5)]
    await service.post(f"/expire-subscription/{phones[0]['hash']}")
    async with open_push_store(tmp_path) as store:
        await subscribe(store, phones)
        broadcast = make_broadcast(payloads={"fr": "L’eau monte 😀 " * 100})
        await fanout_records.start(store, broadcast)
        sender = PushSender(EndpointPolicy(("localhost",), allows_local=True), VAPID, lambda: broadcast.expires - 3600)
        await Fanout(store, sender, lambda: broadcast.expires - 3600).run_once()
        sender.close()
        assert fanout_records.sum_counts(await fanout_records.load_shards(store, "crue")) == {
            "fr": {"delivered": 4, "gone": 1}
        }
        assert len(await store.scan(Collection.PUSH, "sub:", "sub;")) == 4
    for phone in phones[1:]:
        answer = await service.post("/get-notifications", json={"clientHash": phone["hash"]})
        assert answer.json()["data"]["messages"] == [broadcast.payloads["fr"]]


@asynccontextmanager
async def tls_service(context: ssl.SSLContext) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A push service over TLS that accepts everything: its port, and what reached it behind the handshake."""
    received: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], received
    finally:
        server.close()


async def send_one(host: str, port: int, trust: ssl.SSLContext | None) -> Delivery:
    phone = FakePhone("phone")
    public = phone.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    subscription = {
        "endpoint": f"https://{host}:{port}/push/phone",
        "public": base64url_encode(public),
        "auth": base64url_encode(phone.auth),
    }
    sender = PushSender(EndpointPolicy((host,), allows_local=True), VAPID, lambda: 1_800_000_000, trust)
    message = Message(b"L'eau monte", "Severe", "crue", 1_800_003_600)
    [delivery] = await sender.send([("one", subscription, message)])
    sender.close()
    return delivery


async def test_a_push_service_with_a_certificate_that_the_system_does_not_trust_gets_nothing(
    tmp_path: Path,
) -> None:
    """Its certificate is for its name; nobody known signed it. With trust in it, the same message arrives."""
    own = context_for("localhost", tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "hub.crt"))
    async with tls_service(own) as (port, received):
        refused = await send_one("localhost", port, None)
        assert (refused.status, refused.reason, received) == (DeliveryStatus.RETRY, "unreachable", [])
        accepted = await send_one("localhost", port, trusting)
        assert accepted.status is DeliveryStatus.DELIVERED
        assert len(received) == 1


async def test_a_certificate_of_another_name_gets_nothing(tmp_path: Path) -> None:
    other = context_for("elsewhere.example", tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "hub.crt"))
    async with tls_service(other) as (port, received):
        refused = await send_one("localhost", port, trusting)
        assert (refused.status, received) == (DeliveryStatus.RETRY, [])
