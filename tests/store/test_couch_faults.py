"""Faults between store and CouchDB: no write is lost or doubled, and an unsure one is not reported as saved."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import unquote, urlsplit

import pytest

from sync.canonical import digest
from sync.errors import Unavailable
from sync.store.contract import Blob, Collection, NotDurable, Saved, Stale, Store, Write
from sync.store.couch.client import REFUSAL_PAUSE, CouchClient
from sync.store.couch.store import CouchStore
from tests.support.faulty_couch_relay import (
    Fault,
    FaultyRelay,
    RelayedRequest,
    Reply,
    answer_accepted,
    answer_garbage,
    answer_proxy_page,
    cut_after_forwarding,
    cut_before_forwarding,
    never_answer,
    running_relay,
)
from tests.support.local_ports import free_port
from tests.support.store_backends import COUCHES

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", COUCHES, indirect=True)]
ROOM = Collection.FEEDBACK


@pytest.fixture
def relay(address: str) -> Iterator[FaultyRelay]:
    with running_relay(address.split("@")[1].split("/")[0]) as relay:
        yield relay


def through(host: str, address: str, password: str | None = None) -> CouchStore:
    parts = urlsplit(address)
    credentials = unquote(parts.username or ""), password or unquote(parts.password or "")
    return CouchStore(
        CouchClient(f"http://{host}", credentials, timeout=0.5, retry_delays=(0.01, 0.05)), parts.path[1:]
    )


@pytest.fixture
async def store(relay: FaultyRelay, address: str) -> AsyncIterator[CouchStore]:
    store = through(relay.host, address)
    await store.prepare()
    yield store
    relay.fault = lambda request, forward: forward()
    await store.close()


@pytest.mark.parametrize("fault", [cut_before_forwarding, cut_after_forwarding, answer_proxy_page, answer_garbage])
async def test_a_write_whose_answer_is_lost_is_saved_once(store: Store, relay: FaultyRelay, fault: Fault) -> None:
    rev = None
    for body in ({"n": 1}, {"n": 2}, None):
        relay.once(fault)
        (outcome,) = await store.write(ROOM, [Write("a", body, rev)])
        assert isinstance(outcome, Saved)
        rev = outcome.rev
        record = await store.get(ROOM, "a")
        assert (record and (record.rev, record.body)) == (body and (rev, body))
    assert (await store.changes(ROOM)).ids == ("a",)


async def test_one_who_was_faster_while_we_asked_again_is_not_overwritten(
    store: Store, relay: FaultyRelay, address: str
) -> None:
    direct = through(address.split("@")[1].split("/")[0], address)
    loop = asyncio.get_running_loop()

    def overtaken(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply | None:
        asyncio.run_coroutine_threadsafe(direct.write(ROOM, [Write("a", {"by": "them"})]), loop).result(10)
        return None

    relay.once(overtaken)
    (outcome,) = await store.write(ROOM, [Write("a", {"by": "us"})])
    assert isinstance(outcome, Stale)
    assert outcome.current is not None
    assert outcome.current.body == {"by": "them"}
    await direct.close()


@pytest.mark.parametrize("fault", [answer_proxy_page, answer_garbage, cut_before_forwarding])
async def test_a_server_that_stays_away_is_unavailable(store: Store, relay: FaultyRelay, fault: Fault) -> None:
    relay.fault = fault
    for call in (
        store.write(ROOM, [Write("a", {}), Write("b", {})]),
        store.get(ROOM, "a"),
        store.changes(ROOM),
        store.scan(ROOM, "", "~"),
    ):
        with pytest.raises(Unavailable) as unavailable:
            await call
        assert unavailable.value.code == "store-silent"
    relay.fault = lambda request, forward: forward()
    assert isinstance((await store.write(ROOM, [Write("a", {})]))[0], Saved)


async def test_a_silent_server_is_unavailable_in_time(store: Store, relay: FaultyRelay) -> None:
    relay.once(never_answer)
    with pytest.raises(Unavailable):
        await store.write(ROOM, [Write("a", {})])
    assert isinstance((await store.write(ROOM, [Write("a", {})]))[0], Saved)


async def test_nobody_there_is_unavailable_and_keeps_the_password_quiet(address: str) -> None:
    store = through(f"127.0.0.1:{free_port()}", address, "s3cret")
    for call in (store.prepare(), store.write(ROOM, [Write("a", {})])):
        with pytest.raises(Unavailable) as unavailable:
            await call
        assert unavailable.value.code == "store-silent"
        assert "s3cret" not in str(unavailable.value)
    await store.close()


async def test_a_wrong_password_is_said(relay: FaultyRelay, address: str) -> None:
    store = through(relay.host, address, "s3cret")
    with pytest.raises(Unavailable) as unavailable:
        await store.prepare()
    assert unavailable.value.code == "store-account"
    assert "s3cret" not in str(unavailable.value)
    asked = len(relay.seen)
    for _ in range(9):  # CouchDB locks an account at the fifth wrong password in five minutes
        with pytest.raises(Unavailable, match="store-account"):
            await store.get(ROOM, "a")
    assert len(relay.seen) == asked
    await store.close()


async def test_a_locked_account_is_told_from_another_program_and_not_asked_again(
    relay: FaultyRelay, address: str
) -> None:
    locked = b'{"error":"forbidden","reason":"Account is temporarily locked due to multiple authentication failures"}'
    relay.fault = lambda request, forward: Reply(403, "application/json", locked)
    parts, now = urlsplit(address), [1000.0]
    credentials = unquote(parts.username or ""), unquote(parts.password or "")
    client = CouchClient(f"http://{relay.host}", credentials, retry_delays=(), monotonic_clock=lambda: now[0])
    store = CouchStore(client, parts.path[1:])
    for _ in range(3):
        with pytest.raises(Unavailable) as unavailable:
            await store.prepare()
        assert (unavailable.value.code, bool(unavailable.value.hint)) == ("store-locked", True)
    assert len(relay.seen) == 1
    relay.fault = lambda request, forward: forward()
    now[0] += REFUSAL_PAUSE
    await store.prepare()
    await store.close()


async def test_another_program_at_the_address_is_said(relay: FaultyRelay, address: str) -> None:
    relay.fault = lambda request, forward: Reply(200, "application/json", b'{"hello":"world"}')
    store = through(relay.host, address)
    with pytest.raises(Unavailable) as unavailable:
        await store.prepare()
    assert unavailable.value.code == "store-stranger"
    await store.close()


async def test_a_missing_database_is_said(relay: FaultyRelay, address: str) -> None:
    store = through(relay.host, address + "-missing")
    for call in (store.write(ROOM, [Write("a", {})]), store.changes(ROOM), store.scan(ROOM, "", "~")):
        with pytest.raises(Unavailable) as unavailable:
            await call
        assert unavailable.value.code == "store-missing"
    await store.close()


async def test_writes_that_arrive_together_share_a_request(store: Store, relay: FaultyRelay) -> None:
    before = relay.bulks()
    outcomes = await asyncio.gather(*(store.write(ROOM, [Write(f"{n}", {"n": n})]) for n in range(200)))
    assert all(isinstance(outcome, Saved) for (outcome,) in outcomes)
    assert relay.bulks() - before <= 3


async def test_what_too_few_nodes_have_is_later_until_asked_again(store: Store, relay: FaultyRelay) -> None:
    relay.once(answer_accepted)
    assert await store.write(ROOM, [Write("a", {"n": 1})]) == [NotDurable("a")]
    (outcome,) = await store.write(ROOM, [Write("a", {"n": 1})])
    assert isinstance(outcome, Saved)


def of_three(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply:
    """The relay answers as a database that needs a write quorum of two nodes."""
    reply = forward()
    info = (
        json.loads(reply.body)
        if request.method == "GET" and request.path.count("/") == 1 and len(request.path) > 1
        else None
    )
    return reply._replace(body=json.dumps({**info, "cluster": {"w": 2}}).encode()) if info else reply


def of_one(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply:
    """The same with one node up: writes are accepted only."""
    reply = of_three(request, forward)
    return reply._replace(status=202) if reply.status == 201 else reply


async def test_on_a_cluster_later_stays_later_until_a_quorum_has_it(relay: FaultyRelay, address: str) -> None:
    relay.fault = of_one
    store = through(relay.host, address)
    await store.prepare()
    for _ in range(3):
        assert await store.write(ROOM, [Write("a", {"n": 1})]) == [NotDurable("a")]
    relay.fault = of_three
    (outcome,) = await store.write(ROOM, [Write("a", {"n": 1})])
    record = await store.get(ROOM, "a")
    assert record is not None
    assert outcome == Saved("a", record.rev)
    await store.close()


async def test_a_blob_that_too_few_nodes_have_is_not_called_kept(relay: FaultyRelay, address: str) -> None:
    relay.fault = of_one
    store = through(relay.host, address)
    await store.prepare()
    blob = Blob(digest(b"x"), "text/plain", b"x")
    for _ in range(2):
        with pytest.raises(Unavailable) as unavailable:
            await store.put_blob(ROOM, blob)
        assert unavailable.value.code == "store-later"
    relay.fault = of_three
    await store.put_blob(ROOM, blob)
    assert await store.get_blob(ROOM, blob.digest) == blob
    await store.close()
