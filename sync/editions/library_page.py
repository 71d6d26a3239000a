"""The library in one HTML page, which any browser opens from disk without the app, a network or script.

Used by `pack write --html`. The page carries the pack of its edition too: an installed app takes it like any pack, and
so verifies what the publisher signed. Search needs script; everything else does not.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from sync.editions.feed import Edition
from sync.editions.page import INDEX, SHELL

LIMIT = 1_000_000  # bytes: what a messenger or a slow phone still opens
POLICY = "default-src 'none';style-src 'unsafe-inline';script-src 'unsafe-inline'"

_LEFT_OUT = {"search", "search/words"}  # a page of the app, and a table for it
_REFERENCES = {"for", "list", "aria-labelledby", "aria-describedby", "aria-controls"}
_WITHOUT_CONTENT = {"script", "audio", "template"}  # data for the app, and what only a network brings
_STYLE = "article{border-top:2px solid;margin-top:2em}#find{font:inherit;width:100%}[hidden]{display:none}"
_SEARCH = """(function(){
var box=document.getElementById('search'),field=document.getElementById('find'),none=document.getElementById('none');
function fold(t){return t.toLowerCase().normalize('NFD').replace(/[\\u0300-\\u036f]/g,'')
.replace(/\\u025b/g,'e').replace(/\\u0254/g,'o').replace(/\\u0272|\\u014b/g,'n')}
var rows=[].slice.call(document.querySelectorAll('#contents li')).map(function(li){
return [li,fold(document.getElementById(li.firstChild.getAttribute('href').slice(1)).textContent)]});
field.oninput=function(){var words=fold(field.value).split(/\\s+/),found=0;
rows.forEach(function(row){var is=words.every(function(w){return row[1].indexOf(w)>=0});row[0].hidden=!is;found+=is});
none.hidden=found>0};
box.hidden=false})()"""


@dataclass(frozen=True, slots=True)
class LibraryWords:
    """The page's own words in its language; `about` says from when it is and what it is for."""

    lang: str
    direction: str
    title: str
    about: str
    contents: str
    search: str
    nothing_found: str


def write_library_page(edition: Edition, bodies: Mapping[str, str], words: LibraryWords, pack: str) -> str:
    """All pages of an edition as one HTML document. `bodies`: by path. `pack`: the text of the edition's pack."""
    pages = {path: body for path, body in bodies.items() if not path.startswith("_") and path not in _LEFT_OUT}
    style = re.search(r"<style>(.*?)</style>", bodies[SHELL], re.DOTALL)
    symbols = re.search(r"<svg hidden>.*?</svg>", bodies[SHELL], re.DOTALL)
    rows = "".join(f"<li><a href=#{_anchor(path)}>{body.partition(chr(10))[0]}</a>" for path, body in pages.items())
    channel = edition.statement.channel
    drawn = set(re.findall(r'<symbol id="?(i-[a-z0-9-]+)', symbols[0])) if symbols else set()
    articles = "".join(
        f"<article id={_anchor(path)}>{_rewrite(body.partition(chr(10))[2], channel, path, pages, drawn)}</article>\n"
        for path, body in pages.items()
    )
    return (
        f"<!doctype html>\n<html lang={words.lang} dir={words.direction}>\n<meta charset=utf-8>\n"
        '<meta name=viewport content="width=device-width">\n'
        f'<meta http-equiv=Content-Security-Policy content="{POLICY}">\n<title>{html.escape(words.title)}</title>\n'
        f"<style>{style[1] if style else ''}{_STYLE}</style>\n{symbols[0] if symbols else ''}\n"
        f"<main><h1>{html.escape(words.title)}</h1>\n<p>{html.escape(words.about)}</p>\n"
        f"<p id=search hidden><label for=find>{html.escape(words.search)}</label><input id=find type=search></p>\n"
        f"<p id=none hidden>{html.escape(words.nothing_found)}</p>\n"
        f"<h2>{html.escape(words.contents)}</h2>\n<ul id=contents>{rows}</ul>\n{articles}</main>\n"
        f"<script>{_SEARCH}</script>\n<!--\n{pack}-->\n"
    )


def _anchor(path: str, fragment: str = "") -> str:
    return path.replace("/", "--") + (f"..{fragment}" if fragment else "")


def _rewrite(fragment: str, channel: str, path: str, pages: Mapping[str, str], drawn: set[str]) -> str:
    rewriter = _Rewriter(channel, path, pages, drawn)
    rewriter.feed(fragment)
    rewriter.close()
    return "".join(rewriter.parts)


class _Rewriter(HTMLParser):
    """Writes a fragment anew: ids apart from those of other pages, links between pages within the document.

    `drawn`: the pictograms that the document has already; each is written once.
    """

    def __init__(self, channel: str, path: str, pages: Mapping[str, str], drawn: set[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._channel = channel
        self._path = path
        self._pages = pages
        self._drawn = drawn
        self._left_out = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._left_out:
            return
        symbol = dict(attrs).get("id") if tag == "symbol" else None
        if tag in _WITHOUT_CONTENT or symbol in self._drawn:
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
        if name.startswith("data-") or name in ("src", "srcset"):
            return ""
        if value is None:
            return f" {name}"
        if name == "id" and not value.startswith("i-"):
            value = _anchor(self._path, value)
        elif name in _REFERENCES:
            value = " ".join(_anchor(self._path, each) for each in value.split())
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
        return f"#{_anchor(path, target.fragment)}"
