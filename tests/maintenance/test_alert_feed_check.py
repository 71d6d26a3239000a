"""The doctor's word on feeds of foreign alerts that fail, and its silence about short failures."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from server.alerts.watched_feeds import WatchedFeed
from server.maintenance.alert_feed_check import check_alert_feeds
from tests.support.unpublished_site import unpublished_site

pytestmark = pytest.mark.anyio


async def test_a_feed_that_fails_for_an_hour_is_named_with_its_cause(tmp_path: Path) -> None:
    async with unpublished_site(tmp_path) as site:
        services = site.services
        feeds = services.cap_intake.feeds
        feed = await feeds.add(WatchedFeed("", "https://meteo.exemple/a", "Service météo", "fr"))
        now = site.clock()
        assert await check_alert_feeds(services.store, now) == []
        since = "2026-11-24T12:00:00Z"
        await feeds.save(replace(feed, failing_since=since, error=("address-silent", "{host} ne répond pas.", {})))
        assert await check_alert_feeds(services.store, now + datetime.timedelta(minutes=30)) == []
        site.clock.pass_time(hours=1)
        [finding] = await services.doctor._check_alert_feeds()
        assert (finding.code, finding.is_problem) == ("alert-feed-failing", True)
        assert finding.values == {"name": "Service météo", "when": since, "code": "address-silent"}
