"""Subscriptions: the fields that are stored, malformed ones refused, choices changed, and the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.push.endpoint_policy import EndpointPolicy
from server.push.subscriptions import Subscriptions, parse_subscription
from sync.errors import BadRequest
from sync.store.sqlite.store import SqliteStore
from tests.support.fake_push_service import FakePushService
from tests.support.fanout_process import open_push_store
from tests.support.sample_alerts import ALERT, audience_of

pytestmark = pytest.mark.anyio


LOCAL = EndpointPolicy(("127.0.0.1",), allows_local=True)


def sent_by_phone(**changes: Any) -> dict[str, Any]:
    service = FakePushService(port=1)
    phone = service.phone("a")
    body = service.subscription(phone)
    return {
        "endpoint": body["endpoint"],
        "keys": {"p256dh": body["public"], "auth": body["auth"]},
        "channel": "fr-ML",
        "topics": ["alerts"],
        "region": "ML-4",
        "severity": "Severe",
        **changes,
    }


def test_a_subscription_holds_what_is_needed_and_nothing_more() -> None:
    read = parse_subscription({**sent_by_phone(), "name": "Awa", "phone": "+223"}, LOCAL, "2026-11-24")
    assert set(read.body) == {"endpoint", "public", "auth", "channel", "topics", "region", "severity", "since"}


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"keys": []},
        {"keys": {}},
        {"channel": "fr"},
        {"topics": []},
        {"topics": ["É"]},
        {"topics": "alerts"},
        {"topics": ["a"] * 99},
        {"region": "BF-1"},
        {"region": "Ségou"},
        {"severity": "High"},
        {"endpoint": 5},
        {"region": None},
    ],
)
def test_a_malformed_subscription_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="subscription-malformed"):
        parse_subscription(sent_by_phone(**changes), LOCAL, "2026-11-24")
    with pytest.raises(BadRequest):
        parse_subscription([], LOCAL, "2026-11-24")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with open_push_store(tmp_path) as opened_store:
        yield opened_store


async def test_choices_are_changed_and_the_subscription_ended(store: SqliteStore) -> None:
    subscriptions = Subscriptions(store)
    value = sent_by_phone()
    await asyncio.gather(*(subscriptions.save(parse_subscription(value, LOCAL, "2026-11-24")) for _ in range(3)))
    await subscriptions.save(parse_subscription({**value, "severity": "Minor"}, LOCAL, "2026-11-24"))
    assert (await subscriptions.get(value["endpoint"])).body["severity"] == "Minor"
    assert await subscriptions.count_by_language(audience_of(ALERT)) == {"fr": 1}
    await subscriptions.delete(value["endpoint"])
    await subscriptions.delete(value["endpoint"])
    assert await subscriptions.count_by_language(audience_of(ALERT)) == {}
