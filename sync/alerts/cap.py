"""Export of alerts in the Common Alerting Protocol 1.2 (OASIS), and an Atom feed of them.

A Cancel gives no order, whatever its author left in the form; an exercise says so in headline and note. Identifiers are
made from the site's id alone, never from the address under which somebody asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.etree import ElementTree as Tree

from sync.alerts.alert import Alert, story_of
from sync.alerts.alert_area_names import area_description
from sync.alerts.alert_areas import AlertArea, alert_areas
from sync.alerts.cap_message import CapMessage
from sync.alerts.cap_relayed import RelayedParts, add_area, add_named_values, add_resource
from sync.alerts.library_with_alerts import Library
from sync.alerts.timestamps import cap_timestamp
from sync.alerts.wording import AlertWording, word_alert
from sync.locale import Language

CAP_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
ATOM_TYPE = "application/atom+xml"

Tree.register_namespace("cap", CAP_NAMESPACE)


def cap_identifier(alert: Alert, library: Library) -> str:
    """The alert's identifier in CAP, globally unique if the site's id is."""
    return f"{library.site.id}/{alert.slug}"


LanguageOf = Callable[[str], Language]


def write_cap(
    alert: Alert, library: Library, site_url: str, language_of: LanguageOf, source: CapMessage | None = None
) -> bytes:
    """The alert as CAP. `site_url`: address of the site, for links; "" if it is unknown: then there are none.

    `source`: the message that it relays, whose other fields are handed on.
    """
    relayed = RelayedParts(alert.origin, source) if alert.origin else None
    root = Tree.Element("alert", {"xmlns": CAP_NAMESPACE})
    _add_element(root, "identifier", cap_identifier(alert, library))
    _add_element(root, "sender", library.site.id)
    _add_element(root, "sent", cap_timestamp(alert.sent))
    _add_element(root, "status", alert.status)
    _add_element(root, "msgType", alert.msgType)
    head = list(relayed.head()) if relayed else []
    for name, text in head[:1]:
        _add_element(root, name, text)
    _add_element(root, "scope", alert.scope)
    for name, text in head[1:]:
        _add_element(root, name, text)
    if drill := _word(alert, library, language_of(_main_language(alert, library))).drill:
        _add_element(root, "note", drill)
    earlier = story_of(alert, library.alerts).earlier
    if earlier:
        _add_element(
            root,
            "references",
            " ".join(
                f"{library.site.id},{cap_identifier(other, library)},{cap_timestamp(other.sent)}" for other in earlier
            ),
        )
    if relayed:
        _add_element(root, "incidents", relayed.incidents)
    for lang in alert.info:
        _add_info(root, alert, library, language_of(lang), site_url, relayed)
    return bytes(Tree.tostring(root, "utf-8", xml_declaration=True))


def write_atom(
    alerts: Iterable[Alert], library: Library, site_url: str, language_of: LanguageOf, updated: str
) -> bytes:
    """An Atom feed of the alerts, in the order given, with the `cap:` elements that spare aggregators a request.

    `updated`: timestamp for a feed without alerts.
    """
    alert_list = list(alerts)
    feed = Tree.Element("feed", {"xmlns": ATOM_NAMESPACE})
    _add_text(feed, "id", _tag(library, "cap"))
    _add_text(feed, "title", library.site.name)
    _add_text(feed, "updated", max((alert.sent for alert in alert_list), default=updated))
    author = Tree.SubElement(feed, "author")
    _add_text(author, "name", library.site.name)
    Tree.SubElement(feed, "link", {"rel": "self", "href": f"{site_url}/cap/alerts.atom"})
    for alert in alert_list:
        _add_entry(feed, alert, library, language_of, site_url)
    return bytes(Tree.tostring(feed, "utf-8", xml_declaration=True))


def _tag(library: Library, path: str) -> str:
    """A tag URI (RFC 4151): the same under whatever address the feed is asked for."""
    return f"tag:{library.site.id},2026:{path}"


def _add_entry(feed: Tree.Element, alert: Alert, library: Library, language_of: LanguageOf, site_url: str) -> None:
    lang = _main_language(alert, library)
    wording = _word(alert, library, language_of(lang))
    entry = Tree.SubElement(feed, "entry")
    _add_text(entry, "id", _tag(library, f"cap/{alert.slug}"))
    _add_text(entry, "title", wording.title)
    _add_text(entry, "updated", alert.sent)
    _add_text(entry, "summary", wording.description)
    Tree.SubElement(entry, "link", {"type": CAP_TYPE, "href": f"{site_url}/cap/{alert.slug}.xml"})
    for name, value in (
        ("identifier", cap_identifier(alert, library)),
        ("status", alert.status),
        ("msgType", alert.msgType),
        ("sent", cap_timestamp(alert.sent)),
        ("expires", cap_timestamp(alert.expires)),
        ("event", alert.info[lang].event),
        ("urgency", _urgency(alert)),
        ("severity", alert.severity),
        ("certainty", alert.certainty),
        ("areaDesc", wording.area),
    ):
        _add_text(entry, f"{{{CAP_NAMESPACE}}}{name}", value)


def _word(alert: Alert, library: Library, language: Language) -> AlertWording:
    lang = language.code
    return word_alert(
        alert, alert.info[lang], area_description(alert, lang, library), language, "", site=library.site.name
    )


def _urgency(alert: Alert) -> str:
    return "Past" if alert.msgType == "Cancel" else alert.urgency


def _add_info(
    root: Tree.Element,
    alert: Alert,
    library: Library,
    language: Language,
    site_url: str,
    relayed: RelayedParts | None,
) -> None:
    lang = language.code
    source = relayed.info(lang) if relayed else None
    text, wording = alert.info[lang], _word(alert, library, language)
    info = _add_element(root, "info")
    _add_element(info, "language", lang)
    for category in alert.category:
        _add_element(info, "category", category)
    _add_element(info, "event", text.event)
    for response in ("AllClear",) if wording.is_over else alert.responseType:
        _add_element(info, "responseType", response)
    _add_element(info, "urgency", _urgency(alert))
    for name in ("severity", "certainty"):
        _add_element(info, name, getattr(alert, name))
    if source:
        if source.audience:
            _add_element(info, "audience", source.audience)
        add_named_values(info, "eventCode", source.event_code)
    for name in ("effective", "onset", "expires"):
        if getattr(alert, name):
            _add_element(info, name, cap_timestamp(getattr(alert, name)))
    _add_element(info, "senderName", wording.source or library.site.name)
    _add_element(info, "headline", wording.title)
    _add_element(info, "description", wording.description)
    if wording.instruction:
        _add_element(info, "instruction", wording.instruction)
    channel = next(
        (
            channel
            for channel in library.site.channels
            if channel.startswith(f"{lang}-") and alert.concerns(channel.partition("-")[2])
        ),
        "",
    )
    own_page = f"{site_url}/{channel}/alerts/{alert.slug}" if site_url and channel and alert.status != "Test" else ""
    for name, value in (
        ("web", (source.web if source else "") or own_page),
        ("contact", (source.contact if source else "") or library.site.contact),
    ):
        if value:
            _add_element(info, name, value)
    if source:
        add_named_values(info, "parameter", source.parameter)
        for resource in source.resource:
            add_resource(info, resource)
    if relayed and (areas := relayed.areas(alert, lang)):
        for source_area in areas:
            add_area(info, source_area)
        return
    for area in alert_areas(alert, language, library):
        _add_area(info, area)


def _add_area(info: Tree.Element, alert_area: AlertArea) -> None:
    area = _add_element(info, "area")
    _add_element(area, "areaDesc", alert_area.description)
    for polygon in alert_area.polygons:
        _add_element(area, "polygon", polygon)
    for register, code in alert_area.codes:
        geocode = _add_element(area, "geocode")
        _add_element(geocode, "valueName", register)
        _add_element(geocode, "value", code)


def _main_language(alert: Alert, library: Library) -> str:
    return library.site.lang if library.site.lang in alert.info else next(iter(alert.info))


def _add_element(parent: Tree.Element, name: str, text: str = "") -> Tree.Element:
    element = Tree.SubElement(parent, name)
    element.text = text or None
    return element


def _add_text(parent: Tree.Element, name: str, text: str) -> None:
    Tree.SubElement(parent, name).text = text
