"""Delivery of the last alerts: phones asked, reached and showing it. Small numbers of phones are held back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.alerts.service import alerts_of
from server.console.context import ConsoleContext
from server.push import fanout_records
from sync.alerts.alert import Alert
from sync.alerts.library_with_alerts import Library
from sync.statistics.suppression import ShownCount, show_count, suppress_parts

MAX_ALERTS = 6
ASKED = ("delivered", "gone", "refused", "slow")  # the ends of a message; `gone` are phones that left


@dataclass(frozen=True, slots=True)
class AlertStep:
    """An alert to people. `asked`: phones in its audience. `reached`: the message service took it. `displayed`: shown
    with a network, as phones count it without a name.
    """

    day: str
    title: str
    asked: ShownCount
    reached: ShownCount
    displayed: ShownCount


async def alert_ladder(context: ConsoleContext, library: Library) -> list[AlertStep]:
    """The newest alerts of the library that were no exercise."""
    service = alerts_of(context)
    actual = [alert for alert in library.alerts.values() if alert.status == "Actual"]
    steps = []
    for alert in sorted(actual, key=lambda alert: alert.sent, reverse=True)[:MAX_ALERTS]:
        sent = fanout_records.sum_counts(await fanout_records.load_shards(service.store, alert.slug))
        displayed = sum((await service.display_counts.sum_by_language(alert.slug)).values())
        steps.append(make_step(alert, library.site.lang, sent, displayed))
    return steps


def make_step(alert: Alert, lang: str, sent: Mapping[str, Mapping[str, int]], displayed: int) -> AlertStep:
    """`sent`: phones by language and delivery status. Each step is held back with what would give its rest away."""
    reached = sum(counts.get("delivered", 0) for counts in sent.values())
    asked = sum(counts.get(status, 0) for counts in sent.values() for status in ASKED)
    info = alert.info.get(lang) or next(iter(alert.info.values()))
    return AlertStep(
        alert.sent[:10],
        info.headline,
        show_count(asked),
        suppress_parts([reached, asked - reached])[0],
        suppress_parts([displayed, max(0, reached - displayed)])[0],
    )
