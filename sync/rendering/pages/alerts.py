"""Pages of alerts: the list, each alert, the block on the home page, and the banner of the shell.

Home page and shell contain block and banner between two markers, so that an alert is published without rendering the
channel again (`replace_alerts`).
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from sync.alerts.alert import SEVERITIES
from sync.alerts.channel_alerts import ChannelAlert
from sync.alerts.timestamps import parse_timestamp, utc_seconds
from sync.alerts.wording import AlertWording, word_alert
from sync.documents import pictograms
from sync.documents.code_labels import MESSAGE_TYPES, SEVERITY_PICTOGRAMS, SEVERITY_TONES, SEVERITY_WORDS
from sync.editions.page import INDEX, SHELL, Page
from sync.locale import FRENCH
from sync.rendering.channel_view import ChannelView, render_template
from sync.rendering.minify import minify
from sync.rendering.typography import french_spacing

ALERTS_MARKER = Markup("<!--alerts-->")  # the sanitiser leaves no document a comment, so none can forge it


def pages(view: ChannelView) -> Iterator[Page]:
    """`alerts` and `alerts/{slug}`; no pages without alerts."""
    if not view.alerts:
        return
    rows = [alert_row(view, entry) for entry in view.alerts if entry.is_in_force]
    ended_rows = [alert_row(view, entry) for entry in view.alerts if not entry.is_in_force]
    yield view.render_page("alerts", "alerts.html", view.language("Alertes"), "first", rows=rows, ended_rows=ended_rows)
    for entry in view.alerts:
        yield _alert_page(view, entry)


def in_force_block(view: ChannelView) -> Markup:
    """The alerts in force, for the top of the home page, between markers."""
    rows = [alert_row(view, entry) for entry in view.alerts if entry.is_in_force]
    return _between_markers(
        render_template("in_force.html", view, view.language, INDEX, rows=rows) if rows else Markup("")
    )


def banner(view: ChannelView) -> Markup:
    """The most severe alert in force, shown above every page of the channel, between markers."""
    in_force = (entry for entry in view.alerts if entry.is_in_force)
    entry = min(in_force, key=lambda entry: SEVERITIES.index(entry.alert.severity), default=None)
    if entry is None:
        return _between_markers(Markup(""))
    tone = "danger" if SEVERITY_TONES[entry.alert.severity] == "bad" else "note"
    return _between_markers(
        Markup("<a class={} href=/{}/alerts/{} data-until={}{}>{}<b>{}</b></a>").format(
            tone,
            view.selection.channel,
            entry.alert.slug,
            utc_seconds(entry.alert.expires),
            view.lang_attribute(entry.is_fallback),
            pictograms.use(SEVERITY_PICTOGRAMS[entry.alert.severity]),
            _word(view, entry).title,
        )
    )


def alert_row(view: ChannelView, entry: ChannelAlert) -> Markup:
    """A row of a list: pictogram of the severity, title, severity, and end if it is in force."""
    alert, wording = entry.alert, _word(view, entry)
    until_attribute = Markup(" data-until={}").format(utc_seconds(alert.expires)) if entry.is_in_force else Markup("")
    severity = view.language(SEVERITY_WORDS[alert.severity])
    words = filter(None, [wording.drill, severity, wording.end if entry.is_in_force else ""])
    return Markup("<a href=alerts/{}{}>{}<span><span{}>{}</span><small>{}</small></span></a>").format(
        alert.slug,
        until_attribute,
        pictograms.use(SEVERITY_PICTOGRAMS[alert.severity]),
        view.lang_attribute(entry.is_fallback),
        wording.title,
        " · ".join(words),
    )


def _word(view: ChannelView, entry: ChannelAlert) -> AlertWording:
    language = view.page_language(entry.is_fallback)
    return word_alert(
        entry.alert, entry.info, entry.area, language, view.selection.country, is_in_force=entry.is_in_force
    )


def is_alert_path(path: str) -> bool:
    return path == "alerts" or path.startswith("alerts/")


def replace_alerts(path: str, body: str, view: ChannelView) -> str | None:
    """The body of a shell or home page with its alerts replaced; None if it has no markers (from an older version)."""
    before, first_marker, rest = body.partition(str(ALERTS_MARKER))
    _, second_marker, after = rest.partition(str(ALERTS_MARKER))
    if not first_marker or not second_marker:
        return None
    block = minify(str(banner(view) if path == SHELL else in_force_block(view)))
    if path == INDEX and view.language.code == FRENCH:
        block = french_spacing(block)
    return before + block + after


def _alert_page(view: ChannelView, entry: ChannelAlert) -> Page:
    alert, wording = entry.alert, _word(view, entry)
    language = view.page_language(entry.is_fallback)
    return view.render_page(
        f"alerts/{alert.slug}",
        "alert.html",
        wording.title,
        "first",
        entry.is_fallback,
        f"alerts/{alert.slug}",
        alert=alert,
        wording=wording,
        expires=utc_seconds(alert.expires),
        paragraphs=_paragraphs(wording.description),
        steps=_paragraphs(wording.instruction),
        severity=SEVERITY_WORDS[alert.severity],
        tone=SEVERITY_TONES[alert.severity],
        pictogram=SEVERITY_PICTOGRAMS[alert.severity],
        message=MESSAGE_TYPES.get(alert.msgType, ""),
        sent=language.local_time(parse_timestamp(alert.sent), view.selection.country),
    )


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _between_markers(block: Markup) -> Markup:
    return ALERTS_MARKER + block + ALERTS_MARKER
