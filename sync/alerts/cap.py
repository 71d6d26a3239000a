"""Export of alerts in the Common Alerting Protocol 1.2 (OASIS), and an Atom feed of them."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as Tree

from sync.alerts.alert import Alert, story_of
from sync.alerts.alert_area_names import area_description, place_name
from sync.alerts.library_with_alerts import Library
from sync.alerts.timestamps import cap_timestamp

CAP_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
ATOM_TYPE = "application/atom+xml"


def cap_identifier(alert: Alert, library: Library) -> str:
    """The alert's identifier in CAP, globally unique if the site's id is."""
    return f"{library.site.id}/{alert.slug}"


def write_cap(alert: Alert, library: Library, site_url: str) -> bytes:
    """The alert as CAP. `site_url`: address of the site, for links."""
    root = Tree.Element("alert", {"xmlns": CAP_NAMESPACE})
    _add_element(root, "identifier", cap_identifier(alert, library))
    _add_element(root, "sender", library.site.id)
    _add_element(root, "sent", cap_timestamp(alert.sent))
    _add_element(root, "status", alert.status)
    _add_element(root, "msgType", alert.msgType)
    _add_element(root, "scope", alert.scope)
    earlier = story_of(alert, library.alerts).earlier
    if earlier:
        _add_element(
            root,
            "references",
            " ".join(
                f"{library.site.id},{cap_identifier(other, library)},{cap_timestamp(other.sent)}" for other in earlier
            ),
        )
    for lang in alert.info:
        _add_info(root, alert, lang, library, site_url)
    return bytes(Tree.tostring(root, "utf-8", xml_declaration=True))


def write_atom(alerts: Iterable[Alert], library: Library, site_url: str, updated: str) -> bytes:
    """An Atom feed of the alerts, in the order given. `updated`: timestamp for a feed without alerts."""
    alert_list = list(alerts)
    feed = Tree.Element("feed", {"xmlns": ATOM_NAMESPACE})
    _add_text(feed, "id", f"{site_url}/cap/alerts.atom")
    _add_text(feed, "title", library.site.name)
    _add_text(feed, "updated", max((alert.sent for alert in alert_list), default=updated))
    author = Tree.SubElement(feed, "author")
    _add_text(author, "name", library.site.name)
    Tree.SubElement(feed, "link", {"rel": "self", "href": f"{site_url}/cap/alerts.atom"})
    for alert in alert_list:
        entry = Tree.SubElement(feed, "entry")
        lang = _main_language(alert, library)
        address = f"{site_url}/cap/{alert.slug}.xml"
        _add_text(entry, "id", address)
        _add_text(entry, "title", alert.info[lang].headline)
        _add_text(entry, "updated", alert.sent)
        _add_text(entry, "summary", alert.info[lang].description)
        Tree.SubElement(entry, "link", {"type": CAP_TYPE, "href": address})
    return bytes(Tree.tostring(feed, "utf-8", xml_declaration=True))


def _add_info(root: Tree.Element, alert: Alert, lang: str, library: Library, site_url: str) -> None:
    text = alert.info[lang]
    info = _add_element(root, "info")
    _add_element(info, "language", lang)
    for category in alert.category:
        _add_element(info, "category", category)
    _add_element(info, "event", text.event)
    for response in alert.responseType:
        _add_element(info, "responseType", response)
    for name in ("urgency", "severity", "certainty"):
        _add_element(info, name, getattr(alert, name))
    for name in ("effective", "onset", "expires"):
        if getattr(alert, name):
            _add_element(info, name, cap_timestamp(getattr(alert, name)))
    _add_element(info, "senderName", library.site.name)
    _add_element(info, "headline", text.headline)
    _add_element(info, "description", text.description)
    if text.instruction:
        _add_element(info, "instruction", text.instruction)
    channel = next(
        (
            channel
            for channel in library.site.channels
            if channel.startswith(f"{lang}-") and alert.concerns(channel.partition("-")[2])
        ),
        "",
    )
    if channel and alert.status != "Test":
        _add_element(info, "web", f"{site_url}/{channel}/alerts/{alert.slug}")
    _add_area(info, alert, lang, library)


def _add_area(info: Tree.Element, alert: Alert, lang: str, library: Library) -> None:
    area = _add_element(info, "area")
    _add_element(area, "areaDesc", area_description(alert, lang, library))
    for code in alert.geocode or sorted({channel.partition("-")[2] for channel in library.site.channels}):
        geocode = _add_element(area, "geocode")
        _add_element(geocode, "valueName", _code_register(code, library))
        _add_element(geocode, "value", code)


def _code_register(code: str, library: Library) -> str:
    """The register of a code: ISO 3166-1 for countries, ISO 3166-2 for places, or the country's own where ISO lags."""
    country, _, _ = code.partition("-")
    if code == country:
        return "ISO3166-1"
    places = library.places.get(country)
    place = next((place for place in places.places if place.code == code), None) if places else None
    return "ISO3166-2" if place is None or place.iso else place_name(country, library)


def _main_language(alert: Alert, library: Library) -> str:
    return library.site.lang if library.site.lang in alert.info else next(iter(alert.info))


def _add_element(parent: Tree.Element, name: str, text: str = "") -> Tree.Element:
    element = Tree.SubElement(parent, name)
    element.text = text or None
    return element


def _add_text(parent: Tree.Element, name: str, text: str) -> None:
    Tree.SubElement(parent, name).text = text
