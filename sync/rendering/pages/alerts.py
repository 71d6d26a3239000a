"""Alerts: the list of those in force and those that ended, each alert, and what home and the frame say of them.

Home and frame hold it between two marks, so that sending an alert can put it there without rendering the channel anew (`replaced_in`).
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from sync.alerts.alert import SEVERITIES
from sync.alerts.channel_alerts import ChannelAlert
from sync.alerts.timestamps import parse_timestamp, utc_seconds
from sync.documents import pictograms
from sync.documents.vocabulary import MESSAGE_TYPES, SEVERITY_PICTOGRAMS, SEVERITY_TONES, SEVERITY_WORDS, STATUS_WORDS
from sync.editions.page import INDEX, SHELL, Page
from sync.locale import FRENCH, Language
from sync.rendering.channel_view import ChannelView, render_template
from sync.rendering.minify import minify
from sync.rendering.typography import french_spacing

ALERTS_MARKER = Markup("<!--alerts-->")  # the sanitiser leaves no document a comment, so none can forge it


def pages(view: ChannelView) -> Iterator[Page]:
    """`alerts` and `alerts/{slug}`; nothing where there are none."""
    if not view.alerts:
        return
    groups = [[one for one in view.alerts if one.is_in_force is holds] for holds in (True, False)]
    rows = [[alert_row(view, one) for one in group] for group in groups]
    yield view.render_page("alerts", "alerts.html", view.language("Alertes"), "first", rows=rows[0], ended=rows[1])
    for one in view.alerts:
        yield _alert_page(view, one)


def in_force_block(view: ChannelView) -> Markup:
    """The alerts that hold, for the top of home, between its marks."""
    rows = [alert_row(view, one) for one in view.alerts if one.is_in_force]
    return _between_markers(
        render_template("in_force.html", view, view.language, INDEX, rows=rows) if rows else Markup("")
    )


def banner(view: ChannelView) -> Markup:
    """The gravest alert that holds, above every page of the channel, between its marks."""
    holding = sorted(
        (one for one in view.alerts if one.is_in_force), key=lambda one: SEVERITIES.index(one.alert.severity)
    )
    if not holding:
        return _between_markers(Markup(""))
    one = holding[0]
    tone = "danger" if SEVERITY_TONES[one.alert.severity] == "bad" else "note"
    return _between_markers(
        Markup("<a class={} href=/{}/alerts/{} data-until={}{}>{}<b>{}</b></a>").format(
            tone,
            view.selection.channel,
            one.alert.slug,
            utc_seconds(one.alert.expires),
            view.lang_attribute(one.is_fallback),
            pictograms.use(SEVERITY_PICTOGRAMS[one.alert.severity]),
            one.info.headline,
        )
    )


def alert_row(view: ChannelView, one: ChannelAlert) -> Markup:
    """A line of a list: the severity's shape, the headline, until when."""
    alert = one.alert
    ends = Markup(" data-until={}").format(utc_seconds(alert.expires)) if one.is_in_force else Markup("")
    severity = view.language(SEVERITY_WORDS[alert.severity])
    words = [severity, until_text(view, view.language, alert.expires) if one.is_in_force else ended_text(view, one)]
    if alert.status != "Actual":
        words.insert(0, view.language(STATUS_WORDS[alert.status]))
    return Markup("<a href=alerts/{}{}>{}<span><span{}>{}</span><small>{}</small></span></a>").format(
        alert.slug,
        ends,
        pictograms.use(SEVERITY_PICTOGRAMS[alert.severity]),
        view.lang_attribute(one.is_fallback),
        one.info.headline,
        " · ".join(words),
    )


def until_text(view: ChannelView, language: Language, moment: str) -> str:
    return language("Jusqu’au {moment}", moment=language.local_time(parse_timestamp(moment), view.selection.country))


def ended_text(view: ChannelView, one: ChannelAlert) -> str:
    return view.language("Annulée") if one.alert.msgType == "Cancel" else view.language("Terminée")


def is_alert_path(path: str) -> bool:
    return path == "alerts" or path.startswith("alerts/")


def replace_alerts(path: str, body: str, view: ChannelView) -> str | None:
    """A head's home or frame with what it says of alerts made anew; None when it was rendered before there were marks."""
    before, first, rest = body.partition(str(ALERTS_MARKER))
    _, second, after = rest.partition(str(ALERTS_MARKER))
    if not first or not second:
        return None
    block = minify(str(banner(view) if path == SHELL else in_force_block(view)))
    if path == INDEX and view.language.code == FRENCH:
        block = french_spacing(block)
    return before + block + after


def _alert_page(view: ChannelView, one: ChannelAlert) -> Page:
    alert = one.alert
    language = view.page_language(one.is_fallback)
    when = "" if not one.is_in_force else until_text(view, language, alert.expires)
    return view.render_page(
        f"alerts/{alert.slug}",
        "alert.html",
        one.info.headline,
        "first",
        one.is_fallback,
        f"alerts/{alert.slug}",
        one=one,
        alert=alert,
        info=one.info,
        until=when,
        expires=utc_seconds(alert.expires),
        paragraphs=_paragraphs(one.info.description),
        steps=_paragraphs(one.info.instruction),
        severity=SEVERITY_WORDS[alert.severity],
        tone=SEVERITY_TONES[alert.severity],
        pictogram=SEVERITY_PICTOGRAMS[alert.severity],
        status=STATUS_WORDS.get(alert.status, ""),
        message=MESSAGE_TYPES.get(alert.msgType, ""),
        sent=language.local_time(parse_timestamp(alert.sent), view.selection.country),
    )


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _between_markers(block: Markup) -> Markup:
    return ALERTS_MARKER + block + ALERTS_MARKER
