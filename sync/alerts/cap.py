"""Alerts as other systems read them: Common Alerting Protocol 1.2 (OASIS), and an Atom feed of them."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as Tree

from sync.alerts.alert import Alert, chain_of
from sync.alerts.library import Library
from sync.alerts.places import area_of, name_of
from sync.alerts.timestamps import in_cap

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
ATOM_TYPE = "application/atom+xml"


def identifier(alert: Alert, library: Library) -> str:
    """Unique in the world as long as the site's id is."""
    return f"{library.site.id}/{alert.slug}"


def cap_xml(alert: Alert, library: Library, url: str) -> bytes:
    """The alert as CAP. `url`: the site's address, for links."""
    root = Tree.Element("alert", {"xmlns": CAP})
    _put(root, "identifier", identifier(alert, library))
    _put(root, "sender", library.site.id)
    _put(root, "sent", in_cap(alert.sent))
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.msgType)
    _put(root, "scope", alert.scope)
    earlier = chain_of(alert, library.alerts).earlier
    if earlier:
        _put(
            root,
            "references",
            " ".join(f"{library.site.id},{identifier(one, library)},{in_cap(one.sent)}" for one in earlier),
        )
    for lang in alert.info:
        _info(root, alert, lang, library, url)
    return bytes(Tree.tostring(root, "utf-8", xml_declaration=True))


def atom_xml(alerts: Iterable[Alert], library: Library, url: str, updated: str) -> bytes:
    """A feed of alerts, in the order given. `updated`: a moment, for a feed without any."""
    listed = list(alerts)
    feed = Tree.Element("feed", {"xmlns": ATOM})
    _atom(feed, "id", f"{url}/cap/alerts.atom")
    _atom(feed, "title", library.site.name)
    _atom(feed, "updated", max((one.sent for one in listed), default=updated))
    author = Tree.SubElement(feed, "author")
    _atom(author, "name", library.site.name)
    Tree.SubElement(feed, "link", {"rel": "self", "href": f"{url}/cap/alerts.atom"})
    for one in listed:
        entry = Tree.SubElement(feed, "entry")
        lang = _main_language(one, library)
        address = f"{url}/cap/{one.slug}.xml"
        _atom(entry, "id", address)
        _atom(entry, "title", one.info[lang].headline)
        _atom(entry, "updated", one.sent)
        _atom(entry, "summary", one.info[lang].description)
        Tree.SubElement(entry, "link", {"type": CAP_TYPE, "href": address})
    return bytes(Tree.tostring(feed, "utf-8", xml_declaration=True))


def _info(root: Tree.Element, alert: Alert, lang: str, library: Library, url: str) -> None:
    said = alert.info[lang]
    info = _put(root, "info")
    _put(info, "language", lang)
    for category in alert.category:
        _put(info, "category", category)
    _put(info, "event", said.event)
    for response in alert.responseType:
        _put(info, "responseType", response)
    for name in ("urgency", "severity", "certainty"):
        _put(info, name, getattr(alert, name))
    for name in ("effective", "onset", "expires"):
        if getattr(alert, name):
            _put(info, name, in_cap(getattr(alert, name)))
    _put(info, "senderName", library.site.name)
    _put(info, "headline", said.headline)
    _put(info, "description", said.description)
    if said.instruction:
        _put(info, "instruction", said.instruction)
    channel = next(
        (one for one in library.site.channels if one.startswith(f"{lang}-") and alert.concerns(one.partition("-")[2])),
        "",
    )
    if channel and alert.status != "Test":
        _put(info, "web", f"{url}/{channel}/alerts/{alert.slug}")
    _area(info, alert, lang, library)


def _area(info: Tree.Element, alert: Alert, lang: str, library: Library) -> None:
    area = _put(info, "area")
    _put(area, "areaDesc", area_of(alert, lang, library))
    for code in alert.geocode or sorted({channel.partition("-")[2] for channel in library.site.channels}):
        geocode = _put(area, "geocode")
        _put(geocode, "valueName", _register(code, library))
        _put(geocode, "value", code)


def _register(code: str, library: Library) -> str:
    """Whose code it is: countries' by ISO 3166-1, places' by ISO 3166-2, or the country's own where ISO lags."""
    country, _, _ = code.partition("-")
    if code == country:
        return "ISO3166-1"
    places = library.places.get(country)
    known = next((place for place in places.places if place.code == code), None) if places else None
    return "ISO3166-2" if known is None or known.iso else name_of(country, library)


def _main_language(alert: Alert, library: Library) -> str:
    return library.site.lang if library.site.lang in alert.info else next(iter(alert.info))


def _put(parent: Tree.Element, name: str, text: str = "") -> Tree.Element:
    element = Tree.SubElement(parent, name)
    element.text = text or None
    return element


def _atom(parent: Tree.Element, name: str, text: str) -> None:
    Tree.SubElement(parent, name).text = text
