"""Which alerts a channel shows, in which language, and which of them still hold."""

from __future__ import annotations

from dataclasses import dataclass

from sync.alerts.alert import Alert, AlertInfo, is_in_force, replaced_slugs
from sync.alerts.library import Library
from sync.alerts.places import area_description

MAX_ENDED = 20  # ended alerts that stay readable: what somebody may still ask about


@dataclass(frozen=True, slots=True)
class ChannelAlert:
    """An alert as a channel shows it. `fallback`: the text is in the site's language because the channel's has none."""

    alert: Alert
    info: AlertInfo
    area: str
    is_fallback: bool
    is_in_force: bool


def channel_alerts(library: Library, channel: str) -> tuple[ChannelAlert, ...]:
    """Newest first: all that hold, and the last ones that ended. Messages of status Test stay out: they are for those who test."""
    lang, _, country = channel.partition("-")
    gone = replaced_slugs(library.alerts)
    sent = sorted(library.alerts.values(), key=lambda one: (one.sent, one.slug), reverse=True)
    found: list[ChannelAlert] = []
    ended = 0
    for alert in sent:
        spoken = lang if lang in alert.info else library.site.lang
        if alert.status == "Test" or not alert.concerns(country) or spoken not in alert.info:
            continue
        holds = is_in_force(alert, gone)
        ended += not holds
        if holds or ended <= MAX_ENDED:
            found.append(
                ChannelAlert(alert, alert.info[spoken], area_description(alert, spoken, library), spoken != lang, holds)
            )
    return tuple(found)
