"""Published pages as documents for paper: a sheet with one page, a booklet of several, a poster (`kunnafoni print`).

Pictures, sources and addresses stay; what only a phone can do is left out. Each sheet says from when it is, and a QR
code leads to the page as it is now.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from sync.editions.page import INDEX, SHELL
from sync.editions.page_rewriter import PageRewriter

POLICY = "default-src 'none';style-src 'unsafe-inline';img-src data:"

_NOT_ON_PAPER = {"button", "select", "input", "textarea", "label"}
_SINGLE = re.compile(r"(?:guides|notices|recommendations)/[^/]+|complaints/(?!case$|spoken$)[^/]+(?:/[^/]+)?")


class Paper(Enum):
    """The kind of a document; the value is the class of its body, which the styles of paper know."""

    SHEET = "sheet"
    BOOKLET = "booklet"
    POSTER = "poster"


@dataclass(frozen=True, slots=True)
class PrintWords:
    """The printed page's own words in its language; `origin` says from when it is and what the code leads to."""

    lang: str
    direction: str
    origin: str
    title: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class PrintSource:
    """The source of printed documents: the pages of an edition by path, and the site's address without a final slash.

    `draw_code` draws a text as a QR code in SVG. `pictures`: `data:` URLs by the name of the medium.
    """

    channel: str
    url: str
    bodies: Mapping[str, str]
    draw_code: Callable[[str], str]
    css: str
    pictures: Mapping[str, str] = field(default_factory=dict)

    def address(self, path: str) -> str:
        return f"{self.url}/{self.channel}/{'' if path == INDEX else path}"

    def sheet_paths(self) -> list[str]:
        """The pages that make sense alone: guides, notices, recommendations, complaint paths and their letters."""
        return [path for path in self.bodies if _SINGLE.fullmatch(path)]


def find_pictures(bodies: Mapping[str, str]) -> set[str]:
    """The names of all media that pages link to."""
    return {name for body in bodies.values() for name in re.findall(r'href="?/media/([\w.-]+)', body)}


def write_printed_pages(
    source: PrintSource, kind: Paper, paths: Sequence[str], words: PrintWords, font_size: float
) -> str:
    """One HTML document of these pages, styled for paper. `font_size`: of running text, in points."""
    drawn: set[str] = set()
    symbols = re.search(r"<svg hidden>.*?</svg>", source.bodies[SHELL], re.DOTALL)
    articles = "".join(_write_article(source, path, paths, drawn, kind) for path in paths)
    cover = _write_cover(source, paths, words) if kind is Paper.BOOKLET else ""
    return (
        f'<!doctype html>\n<html lang={words.lang} dir={words.direction} style="font-size:{font_size}pt">\n'
        f'<meta charset=utf-8>\n<meta http-equiv=Content-Security-Policy content="{POLICY}">\n'
        f"<title>{html.escape(words.title) or _title_of(source, paths[0])}</title>\n<style>{source.css}</style>\n"
        f"<body class={kind.value}>\n{symbols[0] if symbols else ''}\n{cover}{articles}"
        f"<p class=origin>{html.escape(words.origin)}</p>\n"
    )


def _write_article(source: PrintSource, path: str, paths: Sequence[str], drawn: set[str], kind: Paper) -> str:
    fragment = source.bodies[path].partition("\n")[2]
    text = _PaperRewriter(source, path, drawn).rewrite(fragment)
    code = "" if kind is Paper.BOOKLET else _write_code(source, path)
    return f"<article>{code}{text}</article>\n"


def _write_cover(source: PrintSource, paths: Sequence[str], words: PrintWords) -> str:
    rows = "".join(f"<li>{_title_of(source, path)}" for path in paths)
    return (
        f"<section class=cover>{_write_code(source, INDEX)}<h1>{html.escape(words.title)}</h1>"
        f"<p>{html.escape(words.about)}</p><ol>{rows}</ol></section>\n"
    )


def _write_code(source: PrintSource, path: str) -> str:
    address = source.address(path)
    return f"<div class=code>{source.draw_code(address)}<small>{html.escape(address)}</small></div>"


def _title_of(source: PrintSource, path: str) -> str:
    """A page's title, HTML text."""
    return source.bodies[path].partition("\n")[0]


class _PaperRewriter(PageRewriter):
    """Leaves out what needs a phone or a network; pictures stand in the text, and folded parts are open."""

    def __init__(self, source: PrintSource, path: str, drawn: set[str]) -> None:
        super().__init__(source.channel, path, (), drawn)
        self._pictures = source.pictures
        self._in_picture = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._left_out:
            return
        if tag in _NOT_ON_PAPER:
            self._left_out = "" if tag == "input" else tag
        elif tag == "a" and values.get("data-feature") == "media":
            self._start_medium((values.get("href") or "").rpartition("/")[2])
        elif tag == "a" and _is_way_elsewhere(values):
            self._left_out = tag
        else:
            super().handle_starttag(tag, [*attrs, ("open", None)] if tag == "details" else attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._in_picture:
            self._in_picture = False
            self.parts.append("</span>")
        else:
            super().handle_endtag(tag)

    def _start_medium(self, name: str) -> None:
        picture = self._pictures.get(name)
        if picture is None:  # a recording, or a withdrawn picture
            self._left_out = "a"
        else:
            self._in_picture = True
            self.parts.append(f'<span class=picture><img src="{picture}" alt="">')


def _is_way_elsewhere(values: Mapping[str, str | None]) -> bool:
    """True for a button, the exit and the way back; numbers to call stay."""
    is_button = "go" in (values.get("class") or "").split()
    return values.get("rel") == "up" or (is_button and not (values.get("href") or "").startswith("tel:"))
