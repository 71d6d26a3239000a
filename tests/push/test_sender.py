"""An independent push service (npm's web-push-testing) accepts and decrypts the messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server.keys.vapid import VapidKey
from server.push import fanout_records
from server.push.endpoint_policy import EndpointPolicy
from server.push.fanout import Fanout
from server.push.sender import PushSender
from sync.editions.signing import Signer
from sync.store.contract import Collection
from tests.support import repository
from tests.support.fanout_process import CONTACT, make_broadcast, open_push_store, subscribe
from tests.support.local_ports import free_port

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
