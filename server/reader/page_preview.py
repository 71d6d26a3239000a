"""The description of a page for programs that show a link: messengers and search engines. Phones need none.

Derived from the page's body, so that no edition carries it and no author writes it.
"""

from __future__ import annotations

from html import escape, unescape
from html.parser import HTMLParser

LIMIT = 160  # characters that programs show of a description
IMAGE = "/app/icon-512.png"

_BLOCKS = frozenset(
    ("p", "li", "blockquote", "h2", "h3", "h4", "td", "dt", "dd", "section", "div", "h1", "footer", "script")
)
_SILENT = frozenset(("h1", "footer", "script"))  # with all that stands in them
_CONTAINERS = frozenset(("div", "section"))  # hidden, they hide what stands in them


def preview_tags(body: str, site_url: str = "") -> str:
    """The meta elements of a page: description, title, and an image where the site knows its own address."""
    title, _, fragment = body.partition("\n")
    description = describe(fragment) or unescape(title)
    values = (
        ("name=description", description),
        ("property=og:title", unescape(title)),
        ("property=og:description", description),
        ("property=og:type", "article"),
        *((("property=og:image", f"{site_url}{IMAGE}"),) if site_url else ()),
    )
    return "".join(f'<meta {name} content="{escape(value)}">' for name, value in values)


def describe(fragment: str) -> str:
    """The first sentences below a page's heading, in `LIMIT` characters; "" for a page without text."""
    reader = _TextBelowHeading()
    reader.feed(fragment)
    text = " ".join(" ".join(block.split()) for block in reader.blocks if block.strip())
    if len(text) <= LIMIT:
        return text
    return text[: LIMIT - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


class _TextBelowHeading(HTMLParser):
    """Collects the text of blocks after `h1`; hidden ones and the footer are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._is_below = False
        self._is_silent = False
        self._silent_until = ""  # the tag whose end ends the silence; "": the next block does

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_below = self._is_below or tag == "h1"
        if tag not in _BLOCKS or self._silent_until:
            return
        is_hidden = "hidden" in dict(attrs)
        self._is_silent = is_hidden or tag in _SILENT
        self._silent_until = tag if tag in _SILENT or (is_hidden and tag in _CONTAINERS) else ""
        self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent_until:
            self._is_silent, self._silent_until = False, ""
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if self._is_below and not self._is_silent and self.blocks:
            self.blocks[-1] += data
