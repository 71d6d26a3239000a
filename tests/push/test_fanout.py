"""Fan-out: every live subscription gets the alert once, dead ones are deleted, a crash repeats only messages in
flight.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.keys.vapid import VapidKey
from server.push import fanout_records
from server.push.fanout import MAX_SHARDS
from server.push.fanout_records import LEASE
from server.push.shard_worker import BATCH_SIZE
from server.push.subscriptions import MAX_REFUSALS, SHARD_LETTERS, subscription_id
from sync.alerts.audience import Audience
from sync.editions.signing import Signer
from sync.store.contract import Collection
from sync.store.sqlite.store import SqliteStore
from tests.support import repository
from tests.support.fake_push_service import FakePushService, running_push_service
from tests.support.fanout_process import (
    CONTACT,
    make_broadcast,
    make_fanout,
    make_subscriptions,
    open_push_store,
    subscribe,
    wait_until_done,
)

pytestmark = pytest.mark.anyio

SIGNER = Signer.generate()
VAPID = VapidKey(SIGNER, CONTACT)


@pytest.fixture
async def service() -> AsyncIterator[FakePushService]:
    async with running_push_service(FakePushService(key=VAPID.public_key)) as started:
        yield started


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with open_push_store(tmp_path) as opened_store:
        yield opened_store


async def sent(store: SqliteStore, **changes: object) -> fanout_records.Counts:
    broadcast = make_broadcast(**changes)  # type: ignore[arg-type]
    await fanout_records.start(store, broadcast)
    runner, sender = make_fanout(store, VAPID)
    await runner.run_once()
    sender.close()
    return fanout_records.sum_counts(await fanout_records.load_shards(store, broadcast.alert))


async def test_each_phone_gets_its_language_as_a_strict_service_wants_it(
    service: FakePushService, store: SqliteStore
) -> None:
    await subscribe(
        store,
        [
            service.subscription(service.phone("a")),
            service.subscription(service.phone("b"), channel="bm-ML"),
            service.subscription(service.phone("c"), channel="ff-ML"),
        ],
    )
    counts = await sent(store)
    assert service.faults == []
    french, bambara = ["L’eau monte"], ["Ji bɛ ka yɛlɛn"]
    assert {name: phone.got for name, phone in service.phones.items()} == {"a": french, "b": bambara, "c": french}
    assert counts == {lang: {"delivered": 1} for lang in ("fr", "bm", "ff")}
    headers = service.phones["a"].headers[0]
    assert headers["urgency"] == "high"
    assert 3590 < int(headers["ttl"]) <= 3600
    assert headers["topic"] == service.phones["b"].headers[0]["topic"]


async def test_only_those_who_are_meant_get_it(service: FakePushService, store: SqliteStore) -> None:
    await subscribe(
        store,
        [
            service.subscription(service.phone("here"), region="ML-4"),
            service.subscription(service.phone("whole-country")),
            service.subscription(service.phone("elsewhere"), region="ML-1"),
            service.subscription(service.phone("abroad"), channel="fr-BF"),
            service.subscription(service.phone("graver-only"), severity="Extreme"),
            service.subscription(service.phone("no-alerts"), topics=["sante"]),
        ],
    )
    audience = Audience("alerts", frozenset({"Severe", "Moderate", "Minor"}), (frozenset({"ML-4"}),))
    await sent(store, audience=audience)
    assert {name for name, phone in service.phones.items() if phone.got} == {"here", "whole-country"}


async def test_the_dead_are_dropped_and_the_busy_asked_again(service: FakePushService, store: SqliteStore) -> None:
    await subscribe(
        store,
        [service.subscription(service.phone(name)) for name in ("gone-1", "busy-1", "large-1", "moved-1", "well-1")],
    )
    begun = int(time.time())
    counts = await sent(store)
    for shard in (await fanout_records.load_shards(store, "crue")).values():
        took = any("delivered" in by_status for by_status in shard.counts.values())
        assert begun <= shard.last <= time.time() if took else shard.last == 0
    assert counts == {"fr": {"gone": 1, "delivered": 2, "refused": 2, "refused:307": 1, "refused:413": 1}}
    assert service.asked == {"gone-1": 1, "busy-1": 2, "large-1": 1, "moved-1": 1, "well-1": 1}
    endpoints = {
        record.body["endpoint"].rpartition("/")[2] for record in await store.scan(Collection.PUSH, "sub:", "sub;")
    }
    assert endpoints == {"busy-1", "large-1", "moved-1", "well-1"}
    assert await store.scan(Collection.PUSH, "later:", "later;") == []


async def test_an_endpoint_that_an_earlier_version_took_by_mistake_is_dropped_and_counted(
    service: FakePushService, store: SqliteStore
) -> None:
    body = service.subscription(service.phone("well-1"))
    odd = [{**body, "endpoint": body["endpoint"].replace("/push", mark)} for mark in ("?1/push", "#/push")]
    await subscribe(store, [body, *odd])
    assert await sent(store) == {"fr": {"delivered": 1, "gone": 2}}
    assert [record.body for record in await store.scan(Collection.PUSH, "sub:", "sub;")] == [body]


def of_one_shard(service: FakePushService, *starts: str, **choices: object) -> list[dict[str, object]]:
    """Subscriptions of phones with these names, each with a number that puts them into the same shard."""
    bodies = []
    for start in starts:
        candidates = (
            service.subscription(service.phone(f"{start}-{number}"), **choices) for number in itertools.count()
        )
        bodies.append(next(body for body in candidates if subscription_id(body["endpoint"]).startswith("sub:A")))
    return bodies


async def names_left(store: SqliteStore) -> dict[str, int]:
    """Refusals that are counted against each phone that is still subscribed, by the start of its name."""
    records = await store.scan(Collection.PUSH, "sub:", "sub;")
    return {
        record.body["endpoint"].rpartition("/")[2].partition("-")[0]: record.body.get("refused", 0)
        for record in records
    }


async def test_an_endpoint_that_is_never_accepted_is_dropped(service: FakePushService, store: SqliteStore) -> None:
    await subscribe(store, of_one_shard(service, "well", "large"))
    await subscribe(store, of_one_shard(service, "once", refused=MAX_REFUSALS - 1))  # accepted again, as below
    for number in range(MAX_REFUSALS):
        assert (await names_left(store))["large"] == number
        await sent(store, alert=f"crue-{number}", root=f"crue-{number}")
    assert await names_left(store) == {"well": 0, "once": 0}


async def test_a_service_that_refuses_everybody_drops_nobody(service: FakePushService, store: SqliteStore) -> None:
    await subscribe(store, of_one_shard(service, "large", "moved"))
    for number in range(MAX_REFUSALS + 1):
        await sent(store, alert=f"crue-{number}", root=f"crue-{number}")
    assert await names_left(store) == {"large": 0, "moved": 0}


async def test_what_is_over_is_not_sent(service: FakePushService, store: SqliteStore) -> None:
    await subscribe(
        store, [service.subscription(service.phone("well-1")), service.subscription(service.phone("never-1"))]
    )
    assert await sent(store, expires=int(time.time()) - 1) == {"fr": {"refused": 2, "refused:over": 2}}
    assert service.asked == {}


async def test_retries_end_with_the_alert(service: FakePushService, store: SqliteStore) -> None:
    await subscribe(store, [service.subscription(service.phone("never-1"))])
    outcome = await sent(store, expires=int(time.time()) + 4)
    assert outcome in [{"fr": {"refused": 1, f"refused:{reason}": 1}} for reason in ("503", "over")]
    assert service.asked["never-1"] >= 1


async def test_a_service_that_is_down_loses_nothing(store: SqliteStore) -> None:
    async with running_push_service(FakePushService(key=VAPID.public_key)) as service:
        await subscribe(store, make_subscriptions(service, 5))
    await fanout_records.start(store, make_broadcast())
    runner, sender = make_fanout(store, VAPID)
    working = asyncio.create_task(runner.run_once())
    await asyncio.sleep(1.5)
    async with running_push_service(service):
        await working
    assert all(phone.got == ["L’eau monte"] or phone.got == ["Ji bɛ ka yɛlɛn"] for phone in service.phones.values())
    sender.close()


async def test_it_is_sent_once_however_often_it_is_begun(service: FakePushService, store: SqliteStore) -> None:
    await subscribe(store, make_subscriptions(service, 3))
    await sent(store)
    await sent(store)
    assert [len(phone.got) for phone in service.phones.values()] == [1, 1, 1]


async def test_connections_are_kept(service: FakePushService, store: SqliteStore) -> None:
    await subscribe(store, make_subscriptions(service, 600))
    await sent(store)
    assert service.connections <= 64
    assert sum(service.asked.values()) == 600


async def test_two_servers_share_the_work(service: FakePushService, store: SqliteStore) -> None:
    service.pace = 0.2
    await subscribe(store, make_subscriptions(service, 400))
    await fanout_records.start(store, make_broadcast())
    both = [make_fanout(store, VAPID, owner) for owner in ("one", "two")]
    await asyncio.gather(*(runner.run_once() for runner, _ in both))
    owners = Counter(shard.owner for shard in (await fanout_records.load_shards(store, "crue")).values())
    assert set(owners) == {"one", "two"}
    assert min(owners.values()) >= len(SHARD_LETTERS) / 4
    assert Counter(len(phone.got) for phone in service.phones.values()) == {1: 400}
    for _, sender in both:
        sender.close()


async def test_a_server_takes_no_more_than_it_begins(service: FakePushService, store: SqliteStore) -> None:
    service.pace = 0.1
    await subscribe(store, make_subscriptions(service, 300))
    await fanout_records.start(store, make_broadcast())
    runner, sender = make_fanout(store, VAPID, "one")
    working = asyncio.create_task(runner.run_once())
    most = 0
    while not working.done():
        claimed = [
            shard
            for shard in (await fanout_records.load_shards(store, "crue")).values()
            if shard.owner and not shard.read
        ]
        most = max(most, len(claimed))
        await asyncio.sleep(0.01)
    await working
    assert 1 < most <= MAX_SHARDS
    sender.close()


async def everyone_alive_gets_it(
    service: FakePushService, folder: Path, count: int, longest_wait: float | None = None
) -> None:
    """2% are gone, 5% answer 429 first, 1% hang; the sender is killed midway and restarted.

    `longest_wait`: seconds of leases and for answers, if not the real ones.
    """
    service.pace = 0.002
    async with open_push_store(folder) as store:
        await subscribe(store, make_subscriptions(service, count, gone=2, busy=5, hang=1))
        await fanout_records.start(store, make_broadcast())
        first = await process(folder, longest_wait)
        while sum(service.asked.values()) < count // 3:  # noqa: ASYNC110  (the service is no part of the program)
            await asyncio.sleep(0.01)
        first.send_signal(signal.SIGKILL)
        await first.wait()
        await asyncio.sleep(0.2)
        totals = fanout_records.sum_counts(await fanout_records.load_shards(store, "crue"))
        flying = sum(service.asked.values()) - sum(sum(fates.values()) for fates in totals.values())
        before = Counter(service.asked)
        second = await process(folder, longest_wait)
        try:
            counts = await wait_until_done(store, patience=LEASE + 120)
        finally:
            second.terminate()
            await second.wait()
    alive = {name: phone for name, phone in service.phones.items() if not name.startswith("gone")}
    assert [name for name, phone in alive.items() if not phone.got] == []
    assert service.faults == []
    twice = sum(len(phone.got) - 1 for phone in alive.values())
    assert twice <= min(flying, BATCH_SIZE * MAX_SHARDS), (twice, flying)
    assert sum(before.values()) >= count // 3
    fates = Counter[str]()
    for language_counts in counts.values():
        fates.update(language_counts)
    assert fates == {"delivered": len(alive), "gone": len(service.phones) - len(alive)}


async def process(folder: Path, longest_wait: float | None) -> asyncio.subprocess.Process:
    words = [str(folder), SIGNER.pem().decode(), str(longest_wait or "")]
    command = [sys.executable, "-m", "tests.support.fanout_process", *words]
    started = await asyncio.create_subprocess_exec(*command, cwd=repository.ROOT, stdout=asyncio.subprocess.PIPE)
    assert started.stdout
    assert await started.stdout.readline()
    return started


async def test_a_thousand_phones_and_a_crash(service: FakePushService, tmp_path: Path) -> None:
    await everyone_alive_gets_it(service, tmp_path, 1_000, longest_wait=4)


@pytest.mark.soak
async def test_ten_thousand_phones_and_a_crash(service: FakePushService, tmp_path: Path) -> None:
    await everyone_alive_gets_it(service, tmp_path, 10_000)
