"""Pages of alerts: the list, each alert, and the banner of the shell.

What these say of alerts stands between two markers: in the shell, so that an alert is published without rendering the
channel again (`replace_alerts`); on a page of alerts, because such a page is shown without the banner (`compose`).
Twin: pwa/src/protocol/alert-wording.ts, for what phones make of a push.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from sync.alerts.alert import SEVERITIES
from sync.alerts.channel_alerts import ChannelAlert
from sync.alerts.timestamps import parse_timestamp, utc_seconds
from sync.alerts.wording import AlertWording, word_alert
from sync.documents import pictograms
from sync.documents.code_labels import SEVERITY_PICTOGRAMS, SEVERITY_TONES, SEVERITY_WORDS
from sync.editions.page import ALERTS_MARKER, SHELL, KeptPage, Page, split_at_alerts
from sync.locale import Language
from sync.rendering.channel_view import ChannelView, render_template
from sync.rendering.minify import minify

_MARKER = Markup(ALERTS_MARKER)  # noqa: S704  (a constant; the sanitiser leaves no document a comment to forge it)


def pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    """`alerts` and `alerts/{slug}`; no pages without alerts."""
    if not view.alerts:
        return
    links = [alert_link(view, entry) for entry in _in_force(view)]
    ended_links = [alert_link(view, entry) for entry in view.alerts if not entry.is_in_force]
    yield view.render_page(
        "alerts", "alerts.html", view.language("Alertes"), "first", links=links, ended_links=ended_links
    )
    for entry in view.alerts:
        yield _alert_page(view, entry)


def banner(view: ChannelView) -> Markup:
    """The most severe alert in force, shown above the pages of the channel, between markers."""
    links = [alert_link(view, entry) for entry in _in_force(view)]
    if not links:
        return _MARKER + _MARKER
    channel = view.selection.channel
    return _MARKER + render_template("banner.html", view.language, SHELL, links=links, channel=channel) + _MARKER


def alert_link(view: ChannelView, entry: ChannelAlert) -> Markup:
    """The link to an alert, in the banner and in lists: pictogram, title, severity and end; the end alone if over."""
    alert, wording, language = entry.alert, _word(view, entry), view.page_language(entry.is_fallback)
    icon = until = look = Markup("")
    severity = ""
    if entry.is_in_force:
        look = Markup(" class={}").format(_look(entry))
        until = Markup(" data-until={}").format(utc_seconds(alert.expires))
        icon = pictograms.use(SEVERITY_PICTOGRAMS[alert.severity])
        severity = language(SEVERITY_WORDS[alert.severity])
    return Markup(
        "<a{} href=/{}/alerts/{}{} data-story={} data-sent={} data-severity={}{}>"
        "{}<span><b>{}</b><small>{}</small></span></a>"
    ).format(
        look,
        view.selection.channel,
        alert.slug,
        until,
        entry.root,
        utc_seconds(alert.sent),
        alert.severity,
        Markup("{} dir=auto").format(view.lang_attribute(is_fallback=True)) if entry.is_fallback else "",
        icon,
        wording.title,
        " · ".join(filter(None, [wording.drill, severity, wording.end])),
    )


def _in_force(view: ChannelView) -> list[ChannelAlert]:
    """The alerts in force, the most severe first, then the newest."""
    in_force = (entry for entry in view.alerts if entry.is_in_force)
    return sorted(in_force, key=lambda entry: SEVERITIES.index(entry.alert.severity))


def _word(view: ChannelView, entry: ChannelAlert, *, is_later: bool = False) -> AlertWording:
    """The words of an alert; `is_later`: those after its end."""
    return word_alert(
        entry.alert,
        entry.info,
        entry.area,
        view.page_language(entry.is_fallback),
        view.selection.country,
        site=view.site.name,
        is_in_force=entry.is_in_force and not is_later,
        is_replaced=entry.is_replaced,
    )


def is_alert_path(path: str) -> bool:
    return path == "alerts" or path.startswith("alerts/")


def replace_alerts(path: str, body: str, view: ChannelView) -> str | None:
    """The body of a shell with its banner replaced; None if it has no markers (from an older version).

    Another body is returned without what an older version put between markers.
    """
    parts = split_at_alerts(body)
    if path != SHELL:
        return parts.before + parts.after if parts else body
    return parts.before + minify(str(banner(view))) + parts.after if parts else None


def _alert_page(view: ChannelView, entry: ChannelAlert) -> Page | KeptPage:
    path = f"alerts/{entry.alert.slug}"
    title = _word(view, entry).title
    return view.render_page(path, "alert.html", title, "first", entry.is_fallback, path, **_page_values(view, entry))


def _page_values(view: ChannelView, entry: ChannelAlert) -> dict[str, Any]:
    alert, wording = entry.alert, _word(view, entry)
    language: Language = view.page_language(entry.is_fallback)
    return {
        "channel": view.selection.channel,
        "wording": wording,
        "later_wording": _word(view, entry, is_later=True),
        "newest": entry.newest,
        "expires": utc_seconds(alert.expires),
        "paragraphs": _paragraphs(wording.description),
        "steps": _paragraphs(wording.instruction),
        "severity": SEVERITY_WORDS[alert.severity],
        "look": _look(entry),
        "pictogram": SEVERITY_PICTOGRAMS[alert.severity],
        "sent": language.local_time(parse_timestamp(alert.sent), view.selection.country),
    }


def _look(entry: ChannelAlert) -> str:
    return "danger" if SEVERITY_TONES[entry.alert.severity] == "bad" else "alert"


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]
