"""The parts of a foreign message that our CAP hands on with the alert that relays it: what this site does not show.

The outlines of the source go out only while the alert covers the places that were found in them: where a person chose
others, those are right. Text fields are never taken from here, since a person wrote the alert's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as Tree

from sync.alerts.alert import Alert, AlertOrigin
from sync.alerts.cap_message import CapArea, CapInfo, CapMessage, CapResource, NamedValue
from sync.alerts.timestamps import cap_timestamp


@dataclass(frozen=True, slots=True)
class RelayedParts:
    """`message`: None if it is not at hand; then only its identity is handed on."""

    origin: AlertOrigin
    message: CapMessage | None

    @property
    def incidents(self) -> str:
        """The source's incidents, and the source itself by its extended identifier.

        It is no `references`: a reader would take the source's own message for replaced by ours.
        """
        name = f"{self.origin.sender},{self.origin.identifier},{cap_timestamp(self.origin.sent)}"
        own = f'"{name}"' if any(letter.isspace() for letter in name) else name
        return " ".join(part for part in (self.message.incidents if self.message else "", own) if part)

    def head(self) -> Iterator[tuple[str, str]]:
        """`source` and `code` of the alert element."""
        yield "source", (self.message.source if self.message else "") or self.origin.sender
        for code in self.message.code if self.message else ():
            yield "code", code

    def info(self, lang: str) -> CapInfo | None:
        """The block in this language, else the first: codes, parameters and addresses have no language."""
        infos = self.message.info if self.message else ()
        return next((info for info in infos if info.lang == lang), infos[0] if infos else None)

    def areas(self, alert: Alert, lang: str) -> tuple[CapArea, ...]:
        """The source's areas; none if the alert covers other places than those found in them."""
        info = self.info(lang)
        return info.area if info and alert.geocode and alert.geocode == self.origin.geocode else ()


def add_named_values(parent: Tree.Element, name: str, values: tuple[NamedValue, ...]) -> None:
    for value in values:
        element = Tree.SubElement(parent, name)
        Tree.SubElement(element, "valueName").text = value.name
        Tree.SubElement(element, "value").text = value.value


def add_resource(info: Tree.Element, resource: CapResource) -> None:
    element = Tree.SubElement(info, "resource")
    for name, text in (
        ("resourceDesc", resource.description),
        ("mimeType", resource.mime_type or "application/octet-stream"),
        ("size", resource.size),
        ("uri", resource.uri),
        ("digest", resource.digest),
    ):
        if text:
            Tree.SubElement(element, name).text = text


def add_area(info: Tree.Element, area: CapArea) -> None:
    element = Tree.SubElement(info, "area")
    Tree.SubElement(element, "areaDesc").text = area.description
    for name, texts in (("polygon", area.polygons), ("circle", area.circles)):
        for text in texts:
            Tree.SubElement(element, name).text = text
    add_named_values(element, "geocode", area.geocodes)
    for name, text in (("altitude", area.altitude), ("ceiling", area.ceiling)):
        if text and (name == "altitude" or area.altitude):  # CAP: a ceiling only above an altitude
            Tree.SubElement(element, name).text = text
