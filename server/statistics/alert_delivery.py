"""Delivery of the last alerts: phones asked, reached and showing it, and minutes. Small numbers are held back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from server.alerts.service import AlertService
from server.push import fanout_records
from server.push.fanout_records import Shard
from sync.alerts.alert import Alert
from sync.alerts.library_with_alerts import Library
from sync.alerts.timestamps import utc_seconds
from sync.statistics.suppression import ShownCount, show_count, suppress_parts

MAX_ALERTS = 6
ASKED = ("delivered", "gone", "refused", "slow")  # the ends of a message; `gone` are phones that left
TRIALS = ("Test", "Exercise")
TRIAL_DAYS = 30  # days after which alerts count as untested


@dataclass(frozen=True, slots=True)
class AlertStep:
    """An alert that was sent. `asked`: phones in its audience. `reached`: the message service took it. `displayed`:
    shown with a network, as phones count it without a name. `minutes`: from its first text to the last phone; None if
    it is unknown, if it left at a chosen hour, or while messages are on their way.
    """

    day: str
    title: str
    status: str
    asked: ShownCount
    reached: ShownCount
    displayed: ShownCount
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class AlertMinutes:
    """Median and longest of the minutes to the last phone, of the `count` alerts of which they are known."""

    median: int
    longest: int
    count: int


async def alert_ladder(service: AlertService, library: Library) -> list[AlertStep]:
    """The newest alerts of the library that were no trial."""
    return await _load_steps(service, library, newest_first(library, "Actual")[:MAX_ALERTS])


async def last_trials(service: AlertService, library: Library) -> list[AlertStep]:
    """The newest test, which only phones that ask for tests get, and the newest exercise, which all get."""
    return await _load_steps(service, library, [each for kind in TRIALS for each in newest_first(library, kind)[:1]])


def sum_up_minutes(steps: Iterable[AlertStep]) -> AlertMinutes | None:
    """The minutes of alerts taken together; None if those of none are known."""
    known = [step.minutes for step in steps if step.minutes is not None]
    return AlertMinutes(round(median(known)), max(known), len(known)) if known else None


def make_step(alert: Alert, lang: str, shards: Mapping[str, Shard], displayed: int, begun: str = "") -> AlertStep:
    """Each step is held back with what would give its rest away. `begun`: time of the first text, "" if unknown."""
    sent = fanout_records.sum_counts(shards)
    reached = sum(counts.get("delivered", 0) for counts in sent.values())
    asked = show_count(all_asked := sum(counts.get(status, 0) for counts in sent.values() for status in ASKED))
    last = _last_delivery(shards.values())
    return AlertStep(
        alert.sent[:10],
        (alert.info.get(lang) or next(iter(alert.info.values()))).headline,
        alert.status,
        asked,
        suppress_parts([reached, all_asked - reached])[0],
        suppress_parts([displayed, max(0, reached - displayed)])[0],
        max(0, last - utc_seconds(begun) + 59) // 60 if asked and begun and last else None,
    )


def _last_delivery(shards: Iterable[Shard]) -> int:
    """Seconds since the epoch of the last delivery; 0 if there was none, if it is unknown, or while any is pending."""
    known = list(shards)
    reaching = [shard.last for shard in known if any(counts.get("delivered") for counts in shard.counts.values())]
    return max(reaching, default=0) if all(reaching) and all(shard.done for shard in known) else 0


def newest_first(library: Library, status: str) -> list[Alert]:
    """Alerts of a status, the last sent first."""
    alerts = [alert for alert in library.alerts.values() if alert.status == status]
    return sorted(alerts, key=lambda alert: alert.sent, reverse=True)


async def _load_steps(service: AlertService, library: Library, alerts: Sequence[Alert]) -> list[AlertStep]:
    begun = await service.load_beginnings([alert.slug for alert in alerts])
    steps = []
    for alert in alerts:
        shards = await fanout_records.load_shards(service.store, alert.slug)
        displayed = sum((await service.display_counts.sum_by_language(alert.slug)).values())
        steps.append(make_step(alert, library.site.lang, shards, displayed, begun.get(alert.slug, "")))
    return steps
