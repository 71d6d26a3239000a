"""The alerts of a channel: their language, and whether they are in force."""

from __future__ import annotations

from dataclasses import dataclass

from sync.alerts.alert import Alert, AlertInfo, is_in_force, replaced_slugs, story_of
from sync.alerts.alert_area_names import area_description
from sync.alerts.library_with_alerts import Library

MAX_ENDED = 20  # ended alerts that remain readable


@dataclass(frozen=True, slots=True)
class ChannelAlert:
    """An alert in a channel. `is_fallback`: its text is in the site's language, for lack of the channel's.

    `root`: slug of the first alert of its story. `newest`: slug of the latest alert of this channel that changes it,
    "" if none does; `is_replaced`: that one is in force.
    """

    alert: Alert
    info: AlertInfo
    area: str
    is_fallback: bool
    is_in_force: bool
    root: str
    newest: str = ""
    is_replaced: bool = False


def channel_alerts(library: Library, channel: str) -> tuple[ChannelAlert, ...]:
    """All alerts in force and the latest that ended, newest first, without those of status Test."""
    lang, _, country = channel.partition("-")
    replaced = replaced_slugs(library.alerts)
    newest_first = sorted(library.alerts.values(), key=lambda alert: (alert.sent, alert.slug), reverse=True)
    alerts: list[ChannelAlert] = []
    newest: dict[str, ChannelAlert] = {}
    ended_count = 0
    for alert in newest_first:
        text_lang = lang if lang in alert.info else library.site.lang
        if alert.status == "Test" or not alert.concerns(country) or text_lang not in alert.info:
            continue
        in_force = is_in_force(alert, replaced)
        ended_count += not in_force
        if in_force or ended_count <= MAX_ENDED:
            area = area_description(alert, text_lang, library)
            story, later = story_of(alert, library.alerts), newest.get(alert.slug)
            entry = ChannelAlert(
                alert,
                alert.info[text_lang],
                area,
                text_lang != lang,
                in_force,
                story.root,
                later.alert.slug if later else "",
                later.is_in_force if later else False,
            )
            alerts.append(entry)
            for earlier in story.earlier:
                newest.setdefault(earlier.slug, entry)
    return tuple(alerts)
