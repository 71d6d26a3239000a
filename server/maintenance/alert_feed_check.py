"""Watched feeds that have not answered for an hour: warnings of others do not arrive. Used by the doctor."""

from __future__ import annotations

import datetime

from server.alerts.watched_feeds import WatchedFeeds
from server.maintenance.finding import Finding
from sync.alerts.timestamps import format_timestamp
from sync.store.contract import Store

MAX_SILENCE = datetime.timedelta(hours=1)


async def check_alert_feeds(store: Store, now: datetime.datetime) -> list[Finding]:
    return [
        Finding(
            "alert-feed-failing",
            "Le flux d’alertes de {name} ne peut plus être lu depuis le {when} ({code}).",
            "Voyez « Flux surveillés » dans la console, sous « Alertes ».",
            values={"name": feed.name, "when": feed.failing_since, "code": feed.error[0]},
        )
        for feed in await WatchedFeeds(store).all()
        if feed.error and feed.failing_since <= format_timestamp(now - MAX_SILENCE)
    ]
