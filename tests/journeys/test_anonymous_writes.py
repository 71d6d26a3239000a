"""Writes without an account: at every address of the table a flood leaves no more than its quota, and nothing at all on
a full disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from server.console.routes import FALLBACK
from server.console.routes import ROUTES as CONSOLE_PAGES
from server.inbox.quota import Quota
from server.push.endpoint_policy import EndpointPolicy
from server.routes import ROUTES
from server.web.disk_space import DiskSpace
from server.web.fair_bucket import FairBucket
from sync.canonical import digest
from sync.store.contract import Collection
from tests.support.console_feedback import FeedbackConsole
from tests.support.fake_push_service import FakePushService
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE
from tests.support.phone_simulator import PhoneSimulator

pytestmark = pytest.mark.anyio

FLOOD = 30  # requests at each address
BURST = 4  # of each quota
CHANNEL = "fr-ML"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
MALFORMED: tuple[bytes, ...] = (b"", b"{}", b"[]", b"\xff" * 50, b"null\n", b'{"endpoint":1}')


@dataclass
class Stranger:
    """Somebody with no account and no phone, who knows every format. Each call makes another well-formed body."""

    feedback: FeedbackConsole
    count: int = 0

    def __post_init__(self) -> None:
        self.phone = PhoneSimulator(SITE, 7)
        self.endpoints = FakePushService(port=1)

    def submission(self) -> bytes:
        return self.phone.fill(self.feedback.inbox_site.forms["rumeur"], RUMOUR_ANSWERS).line.encode()

    def enrolment(self) -> bytes:
        self.count += 1
        return json.dumps(PhoneSimulator(SITE, self.count).enrolment(f"ABCDE{self.count:05}")).encode()

    def subscription(self) -> bytes:
        self.count += 1
        body = self.endpoints.subscription(self.endpoints.phone(f"phone{self.count}"))
        keys = {"p256dh": body["public"], "auth": body["auth"]}
        choices = {"channel": CHANNEL, "topics": ["alerts"], "region": "", "severity": "Severe"}
        return json.dumps({"endpoint": body["endpoint"], "keys": keys, **choices}).encode()

    def endpoint(self) -> bytes:
        return json.dumps({"endpoint": json.loads(self.subscription())["endpoint"], "lang": "fr"}).encode()

    def display(self) -> bytes:
        self.count += 1
        return json.dumps({"alert": f"alerte-{self.count}", "lang": "fr"}).encode()

    def device(self) -> bytes:
        self.count += 1
        return json.dumps({"device": digest(str(self.count))}).encode()

    def id_and_secret(self) -> bytes:
        self.count += 1
        return json.dumps({"id": digest(str(self.count)), "secret": digest("secret")}).encode()

    def ids(self) -> bytes:
        self.count += 1
        return json.dumps([digest(str(self.count))]).encode()


BODIES: dict[tuple[str, str], Callable[[Stranger], bytes]] = {
    ("POST", "/inbox"): Stranger.submission,
    ("POST", "/inbox/receipts"): Stranger.ids,
    ("POST", "/inbox/answers"): Stranger.id_and_secret,
    ("POST", "/inbox/withdrawals"): Stranger.id_and_secret,
    ("POST", "/devices"): Stranger.enrolment,
    ("POST", "/devices/state"): Stranger.device,
    ("POST", "/feed/{channel:channel}/pages"): Stranger.ids,
    ("POST", "/push/subscriptions"): Stranger.subscription,
    ("DELETE", "/push/subscriptions"): Stranger.endpoint,
    ("POST", "/push/test"): Stranger.endpoint,
    ("POST", "/push/shown"): Stranger.display,
    ("POST", "/share"): Stranger.ids,
    ("POST", "/{channel:channel}/notices"): lambda stranger: b"message=cliquez",
}
WRITES: dict[tuple[str, str], int] = {  # records that a flood with an empty quota may leave
    ("POST", "/inbox"): BURST,
    ("POST", "/push/subscriptions"): BURST,
}


def changing_routes() -> Iterator[tuple[str, str]]:
    """Method and address of every row outside the console that is more than a question."""
    for route in ROUTES:
        if isinstance(route, Route):
            methods = route.methods or {"POST"}  # a bare ASGI endpoint takes what its methods say
            yield from ((method, route.path) for method in sorted(methods - SAFE_METHODS))


async def count_records(feedback: FeedbackConsole) -> dict[str, int]:
    """Number of records by collection, once everything that waits in memory is written."""
    services = feedback.inbox_site.site.services
    await services.audit.flush_refusals()
    await services.alerts.display_counts.flush()
    return {str(room): len(await services.store.scan(room, "", "\x7f", 10_000)) for room in Collection}


@pytest.fixture
def stranger(feedback: FeedbackConsole) -> Stranger:
    services = feedback.inbox_site.site.services
    services.inbox.node_cache._quota = Quota(lambda: 0.0, public=(BURST, 1.0))
    services.push.quota._saves = FairBucket(lambda: 0.0, BURST, 1.0)
    services.push.policy = EndpointPolicy(("127.0.0.1",), allows_local=True)
    return Stranger(feedback)


def client_of(feedback: FeedbackConsole) -> httpx.AsyncClient:
    return feedback.console_site.browser(address="192.0.2.1").client


def address_of(path: str) -> str:
    """An address of a row of the table."""
    return re.sub(r"\{\w+(?::\w+)?\}", "x", path.replace("{channel:channel}", CHANNEL))


def grown(before: dict[str, int], after: dict[str, int]) -> int:
    return sum(after.values()) - sum(before.values())


def test_every_address_that_may_change_something_is_flooded_here() -> None:
    assert set(changing_routes()) == set(BODIES)


async def test_a_flood_leaves_no_more_than_its_quota(feedback: FeedbackConsole, stranger: Stranger) -> None:
    client = client_of(feedback)
    for (method, path), make in BODIES.items():
        before = await count_records(feedback)
        statuses = {
            (await client.request(method, address_of(path), content=body)).status_code
            for body in (*MALFORMED, *(make(stranger) for _ in range(FLOOD)))
        }
        assert not {status for status in statuses if status >= 500} - {503}, path
        left = grown(before, await count_records(feedback))
        allowed = WRITES.get((method, path), 0)
        assert (left > 0, left <= 2 * allowed) == (allowed > 0, True), path  # an arrival may have a record of its own


async def test_questions_write_nothing(feedback: FeedbackConsole) -> None:
    client = client_of(feedback)
    paths = [route.path for route in ROUTES if isinstance(route, Route) and "GET" in (route.methods or ())]
    paths += [f"/console{row.path}" for row in (*CONSOLE_PAGES, FALLBACK) if "GET" in row.methods]
    for path in paths:
        await client.get(address_of(path))  # once for what is made when it is first needed
    before = await count_records(feedback)
    for path in paths:
        for _ in range(3):
            assert (await client.get(address_of(path) + "?q=puits&to=x&have=y")).status_code < 500, path
    assert grown(before, await count_records(feedback)) == 0


async def test_nothing_of_strangers_is_kept_on_a_full_disk(
    feedback: FeedbackConsole, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DiskSpace, "is_available", lambda self: False)
    before = await count_records(feedback)
    for (method, path), make in BODIES.items():
        answer = await client_of(feedback).request(method, address_of(path), content=make(stranger))
        assert (answer.status_code == 503) == ((method, path) in WRITES), path
    assert grown(before, await count_records(feedback)) == 0


async def test_forms_of_strangers_are_one_line_of_the_journal_for_each_reason(feedback: FeedbackConsole) -> None:
    before = await count_records(feedback)
    client = client_of(feedback)
    pages = [row for row in (*CONSOLE_PAGES, FALLBACK) if "POST" in row.methods]
    for row in pages:
        address = "/console" + "/".join("x" if part.startswith("{") else part for part in row.path.split("/"))
        for headers in ({}, {"origin": "http://evil"}):
            answer = await client.post(address, data={"name": "x", "csrf": "A" * 43}, headers=headers)
            assert answer.status_code < 500, address
    after = await count_records(feedback)
    assert 1 <= grown(before, after) <= 2
    assert after["journal"] - before["journal"] == grown(before, after)


async def test_a_stranger_cannot_shut_the_enrolment_of_others(feedback: FeedbackConsole, stranger: Stranger) -> None:
    for body in (*MALFORMED * 10, *(stranger.enrolment() for _ in range(60))):
        assert (await client_of(feedback).post("/devices", content=body)).status_code in (400, 404)
    await feedback.inbox_site.enrolled(code="FGHJK56789")


async def test_a_phone_that_repeats_its_subscription_takes_nothing_from_the_quota(
    feedback: FeedbackConsole, stranger: Stranger
) -> None:
    body: Any = stranger.subscription()
    statuses = [(await client_of(feedback).post("/push/subscriptions", content=body)).status_code for _ in range(10)]
    assert statuses == [204] * 10
