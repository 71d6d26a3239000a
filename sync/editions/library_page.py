"""The library in one HTML page, which any browser opens from disk without the app, a network or script.

Used by `pack write --html`. The page carries the pack of its edition too: an installed app takes it like any pack, and
so verifies what the publisher signed. Search needs script; everything else does not.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sync.editions.feed import Edition
from sync.editions.page import SHELL
from sync.editions.page_rewriter import PageRewriter, anchor_of

LIMIT = 1_000_000  # bytes: what a messenger or a slow phone still opens
POLICY = "default-src 'none';style-src 'unsafe-inline';script-src 'unsafe-inline'"

_LEFT_OUT = {"search", "search/words"}  # a page of the app, and a table for it
# The quick exit leads out of the app alone; the blanks of a letter stand in its text too.
_ONLY_IN_APP = re.compile(r"<form autocomplete=off>.*?</form>|<a [^>]*\bdata-exit\b.*?</a>", re.DOTALL)
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
    rows = "".join(f"<li><a href=#{anchor_of(path)}>{body.partition(chr(10))[0]}</a>" for path, body in pages.items())
    channel = edition.statement.channel
    drawn = set(re.findall(r'<symbol id="?(i-[a-z0-9-]+)', symbols[0])) if symbols else set()
    articles = "".join(
        f"<article id={anchor_of(path)}>"
        + PageRewriter(channel, path, pages, drawn).rewrite(_ONLY_IN_APP.sub("", body.partition("\n")[2]))
        + "</article>\n"
        for path, body in pages.items()
    )
    articles = _without_unused_ids(articles)
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


def _without_unused_ids(articles: str) -> str:
    """The articles without the ids of places in them that nothing refers to, a heading each."""
    used = set(re.findall(r"[\w-]+\.\.[\w.-]+", re.sub(r" id=[\w.-]+", "", articles)))
    return re.sub(r" id=([\w-]+\.\.[\w.-]+)", lambda match: match[0] if match[1] in used else "", articles)
