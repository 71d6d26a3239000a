"""Subscriptions: the fields that are stored, malformed ones refused, choices changed, and the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.push.endpoint_policy import EndpointPolicy
from server.push.subscriptions import Subscriptions, parse_subscription
from sync.alerts.audience import Audience
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
        {"regions": "ML-4"},
        {"regions": ["ML-4", "BF-SOUM"]},
        {"regions": ["ML-4", ""]},
        {"regions": ["ML-1", "ML-2", "ML-3", "ML-4", "ML-5"]},
        {"regions": [["ML-4"]]},
        {"regions": {"ML-4": 1}},
    ],
)
def test_a_malformed_subscription_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="subscription-malformed"):
        parse_subscription(sent_by_phone(**changes), LOCAL, "2026-11-24")
    with pytest.raises(BadRequest):
        parse_subscription([], LOCAL, "2026-11-24")


def test_several_places_are_kept_sorted_and_once_and_one_as_it_always_was() -> None:
    def kept(**changes: Any) -> tuple[Any, Any]:
        body = parse_subscription(sent_by_phone(**changes), LOCAL, "2026-11-24").body
        return body["region"], body.get("regions")

    assert kept(region="", regions=["ML-5", "ML-1", "ML-5"]) == ("", ["ML-1", "ML-5"])
    assert kept(region="", regions=["ML-5"]) == ("ML-5", None)
    assert kept(region="", regions=[]) == ("", None)
    assert kept(region="ML-4") == ("ML-4", None), "as a phone of 0.1.0 sends it"


async def test_who_follows_several_places_is_counted_once_for_an_alert_of_both(store: SqliteStore) -> None:
    subscriptions = Subscriptions(store)
    phone = sent_by_phone(region="", regions=["ML-4", "ML-5"])
    await subscriptions.save(parse_subscription(phone, LOCAL, "2026-11-24"))
    assert await subscriptions.count_by_language(audience_of(ALERT)) == {"fr": 1}
    elsewhere = Audience.for_alert(replace(ALERT, geocode=("ML-1",)), {})
    assert await subscriptions.count_by_language(elsewhere) == {}


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
