"""A published page's fragment written anew for a document of many pages that no server or app stands behind.

Used by `library_page` and `print_document`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Container
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from sync.editions.page import INDEX

_REFERENCES = {"for", "list", "aria-labelledby", "aria-describedby", "aria-controls"}
_WITHOUT_CONTENT = {"script", "audio", "template"}  # data for the app, and what only a network brings


def anchor_of(path: str, fragment: str = "") -> str:
    """The id of a page, or of a place in it, within the document."""
    return path.replace("/", "--") + (f"..{fragment}" if fragment else "")


class PageRewriter(HTMLParser):
    """Writes a fragment anew: ids apart from those of other pages, links between pages within the document.

    `drawn`: the pictograms that the document has already; each is written once.
    """

    def __init__(self, channel: str, path: str, pages: Container[str], drawn: set[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._channel = channel
        self._path = path
        self._pages = pages
        self._drawn = drawn
        self._left_out = ""

    def rewrite(self, fragment: str) -> str:
        self.feed(fragment)
        self.close()
        return "".join(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._left_out:
            return
        symbol = dict(attrs).get("id") if tag == "symbol" else None
        if tag in _WITHOUT_CONTENT or symbol in self._drawn or "data-screen" in dict(attrs):
            self._left_out = tag
        elif tag != "img":
            if symbol:
                self._drawn.add(symbol)
            self.parts.append(f"<{tag}{''.join(self._attribute(tag, name, value) for name, value in attrs)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._left_out and tag != "img":
            self.parts.append(f"<{tag}{''.join(self._attribute(tag, name, value) for name, value in attrs)} />")

    def handle_endtag(self, tag: str) -> None:
        if not self._left_out:
            self.parts.append(f"</{tag}>")
        elif tag == self._left_out:
            self._left_out = ""

    def handle_data(self, data: str) -> None:
        self._add(data)

    def handle_entityref(self, name: str) -> None:
        self._add(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._add(f"&#{name};")

    def _add(self, text: str) -> None:
        if not self._left_out:
            self.parts.append(text)

    def _attribute(self, tag: str, name: str, value: str | None) -> str:
        if name.startswith("data-") or name in ("src", "srcset") or (name == "rel" and value != "up"):
            return ""  # a file tells the sites it links to nothing about itself, whatever `rel` says
        if value is None:
            return f" {name}"
        if name == "id" and not value.startswith("i-"):
            value = anchor_of(self._path, value)
        elif name in _REFERENCES:
            value = " ".join(anchor_of(self._path, each) for each in value.split())
        elif name == "href" and tag == "a":
            link = self._link(value)
            if not link:
                return ""
            value = link
        return f" {name}={value}" if re.fullmatch(r"[\w.#/:-]+", value) else f' {name}="{html.escape(value)}"'

    def _link(self, href: str) -> str:
        """The link to a page of this document, or one that leads elsewhere; "" for what the app or a server has."""
        if re.match(r"(?!https?:)[a-z]+:|https?://", href):
            return href
        home = f"/{self._channel}/"
        target = urlsplit(urljoin(home + ("" if self._path == INDEX else self._path), href))
        path = target.path.removeprefix(home) or INDEX
        if not target.path.startswith(home) or path not in self._pages:
            return ""
        return f"#{anchor_of(path, target.fragment)}"
