"""Many subscriptions and a fan-out to them, also as a process that a test can kill."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from server.keys.vapid import VapidKey
from server.push import delivery, fanout_records, shard_worker
from server.push.endpoint_policy import EndpointPolicy
from server.push.fanout import Fanout
from server.push.fanout_records import Broadcast
from server.push.sender import PushSender
from server.push.subscriptions import subscription_id
from server.supervision.supervisor import Supervisor
from sync.alerts.audience import Audience
from sync.editions.signing import Signer
from sync.store.contract import Collection, Store, Write
from sync.store.sqlite.store import SqliteStore
from tests.support.fake_push_service import HOST, FakePushService

CONTACT = "mailto:alertes@exemple.ml"


def make_broadcast(alert: str = "crue", **changes: Any) -> Broadcast:
    fields: dict[str, Any] = {
        "alert": alert,
        "root": "crue",
        "severity": "Severe",
        "expires": int(time.time()) + 3600,
        "payloads": {"fr": "L’eau monte", "bm": "Ji bɛ ka yɛlɛn"},
        "otherwise": "fr",
        "audience": Audience("alerts", frozenset({"Severe", "Moderate", "Minor", "Unknown"}), (frozenset(),)),
        **changes,
    }
    return Broadcast(**fields)


async def subscribe(store: Store, bodies: Sequence[Mapping[str, Any]]) -> None:
    writes = [Write(subscription_id(body["endpoint"]), body) for body in bodies]
    for start in range(0, len(writes), 500):
        await store.write(Collection.PUSH, writes[start : start + 500])


def make_fanout(store: Store, vapid: VapidKey, owner: str = "") -> tuple[Fanout, PushSender]:
    sender = PushSender(EndpointPolicy((HOST,), allows_local=True), vapid, time.time)
    return Fanout(store, sender, time.time, owner), sender


@asynccontextmanager
async def open_push_store(folder: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(folder / "push.db")
    await store.prepare()
    try:
        yield store
    finally:
        await store.close()


async def wait_until_done(store: Store, alert: str = "crue", patience: float = 120) -> fanout_records.Counts:
    """Wait until every shard is done; return the counts."""
    until = time.monotonic() + patience
    while True:
        by_shard = await fanout_records.load_shards(store, alert)
        if by_shard and all(shard.done for shard in by_shard.values()):
            return fanout_records.sum_counts(by_shard)
        assert time.monotonic() < until, fanout_records.sum_counts(by_shard)
        await asyncio.sleep(0.2)


def make_subscriptions(
    service: FakePushService, count: int, gone: int = 0, busy: int = 0, hang: int = 0
) -> list[dict[str, Any]]:
    """Subscriptions; of each hundred, `gone` are gone, `busy` answer 429 first, `hang` never answer the first time."""
    bodies = []
    for number in range(count):
        part = number % 100
        kind = (
            "gone" if part < gone else "busy" if part < gone + busy else "hang" if part < gone + busy + hang else "well"
        )
        bodies.append(
            service.subscription(service.phone(f"{kind}-{number}"), channel="bm-ML" if number % 3 == 0 else "fr-ML")
        )
    return bodies


def shorten_waits(seconds: float) -> None:
    """Let leases, and deliveries without an answer, run out after so many seconds."""
    for module in (fanout_records, shard_worker):
        vars(module)["LEASE"] = seconds
    for module in (delivery, shard_worker):
        vars(module)["TIMEOUT"] = seconds


async def main(folder: str, pem: str, longest_wait: str) -> None:
    """Run the fan-out until the process is stopped. `longest_wait`: seconds, if not the real ones."""
    if longest_wait:
        shorten_waits(float(longest_wait))
    async with open_push_store(Path(folder)) as store:
        runner, _ = make_fanout(store, VapidKey(Signer.from_pem(pem.encode()), CONTACT))
        print(json.dumps("ready"), flush=True)  # noqa: T201  (what the test waits for)
        supervisor = Supervisor()
        async with supervisor.running([runner.job(supervisor.start)]):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
