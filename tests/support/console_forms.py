"""The links and forms of a page of the console, as a browser reads them. Used by the client and the crawler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

KEYS = ("invite", "record", "aside", "rev", "id", "all")  # fields by which forms for one address differ


@dataclass
class CrawledForm:
    page: str
    action: str
    method: str
    given: dict[str, list[str]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)  # fields for free text
    files: set[str] = field(default_factory=set)
    options: dict[str, list[str]] = field(default_factory=dict)
    also: list[tuple[str, str, str]] = field(
        default_factory=list
    )  # buttons with an address of their own: address, name, value


class CrawledPage(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[CrawledForm] = []
        self._inside: CrawledForm | None = None
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a" and attributes.get("href", "").startswith("/console/"):
            self.links.append(attributes["href"])
        if tag == "form":
            self._inside = CrawledForm(
                self.address, attributes.get("action") or self.address, attributes.get("method", "get")
            )
            self.forms.append(self._inside)
        elif tag == "button" and self._inside and "formaction" in attributes:
            self._inside.also.append(
                (attributes["formaction"].partition("#")[0], attributes.get("name", ""), attributes.get("value", ""))
            )
        elif self._inside and attributes.get("name"):
            self._field(tag, attributes, self._inside)
        elif self._inside and tag == "option" and self._select:
            self._inside.options.setdefault(self._select, []).append(attributes.get("value", ""))
            if "selected" in attributes:
                self._inside.given[self._select] = [attributes.get("value", "")]

    def _field(self, tag: str, attributes: dict[str, str], form: CrawledForm) -> None:
        name, kind = attributes["name"], attributes.get("type", "text")
        if tag == "textarea":
            self._area = name
            form.free.add(name)
            form.given[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "input" and kind == "file":
            form.files.add(name)
        elif tag == "input" and kind in ("checkbox", "radio"):
            form.options.setdefault(name, []).append(attributes.get("value", "on"))
            if "checked" in attributes:
                form.given.setdefault(name, []).append(attributes.get("value", "on"))
        elif tag == "input":
            form.given.setdefault(name, []).append(attributes.get("value", ""))
            if kind in ("text", "search", "email", "url", "tel", "password"):
                form.free.add(name)

    def handle_data(self, data: str) -> None:
        if self._area and self._inside:
            self._inside.given[self._area] = [self._inside.given[self._area][0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        self._area, self._select = ("" if tag == "textarea" else self._area), ("" if tag == "select" else self._select)


def parse_page(address: str, html: str) -> CrawledPage:
    page = CrawledPage(address)
    page.feed(html)
    return page


def find_form(address: str, html: str, action: str, fields: Mapping[str, Any]) -> CrawledForm | None:
    """The form of a page that posts to `action`, and agrees with those of `fields` that tell forms apart."""
    for form in parse_page(address, html).forms:
        addresses = [form.action, *(address for address, _name, _value in form.also)]
        if form.method != "post" or action.partition("?")[0] not in [
            unquote(each).partition("?")[0] for each in addresses
        ]:
            continue
        if all(form.given.get(name, [value]) == [value] for name, value in fields.items() if name in KEYS):
            return form
    return None
