"""The passage of a page that answers a question best: its section, the words around, which of them match. Pure.

Twin: pwa/src/search/passages.ts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from sync.folding import terms
from sync.search.lexicon import Lexicon
from sync.search.query import Unit
from sync.search.sounds import sound_of

_BEFORE, _LENGTH = 40, 150  # characters before the first match, and in all
_MORE = 3  # further sections that are named
_HEADING_COUNTS = 2  # times as much as a word of the text

_APART = re.compile(r"<(h1|footer|svg|script|style)\b.*?</\1>|<a rel=\"?up\b.*?</a>", re.DOTALL)
_SECTION = re.compile(r"<h2\b([^>]*)>(.*?)</h2>", re.DOTALL)
_ANCHOR = re.compile(r'id="?([\w-]+)')
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_WORD = re.compile("(?:[^\\W_]|[\u0300-\u036f])+")

Parts = tuple[tuple[str, bool], ...]  # pieces of a text, and whether each matches


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page, from one heading to the next; the first has neither anchor nor heading."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """`title`, `text`: in pieces. `anchor`, `heading`: of the section, "" at the beginning. `more`: other sections."""

    title: Parts
    anchor: str
    heading: str
    text: Parts
    more: tuple[tuple[str, str], ...]


class Matcher:
    """Tells which words of a text a question asks for."""

    def __init__(self, units: Sequence[Unit], lexicon: Lexicon) -> None:
        self._sounds = {sound for unit in units for each in unit.alternatives for sound in each.sounds}
        self._openings = tuple(unit.opening for unit in units if unit.opening)
        self._ignored = lexicon.ignored

    def matches(self, word: str) -> bool:
        return self.sound(word) != ""

    def sound(self, word: str) -> str:
        """The sound of the first matching term of a word, "" if none matches."""
        for term in terms(word):
            sound = sound_of(term)
            if term not in self._ignored and (sound in self._sounds or sound.startswith(self._openings)):
                return sound
        return ""

    def parts(self, text: str) -> Parts:
        """The text in pieces."""
        pieces: list[tuple[str, bool]] = []
        place = 0
        for word in _WORD.finditer(text):
            if self.matches(word[0]):
                pieces += [(text[place : word.start()], False), (word[0], True)]
                place = word.end()
        pieces.append((text[place:], False))
        return tuple(piece for piece in pieces if piece[0])

    def found(self, text: str) -> set[str]:
        """The sounds of the question that the text has."""
        return {self.sound(word) for word in _WORD.findall(text)} - {""}


def best_passage(title: str, body: str, matcher: Matcher) -> Passage:
    """The section with the most words asked for that the title has not; else the beginning."""
    sections = list(sections_of(body))
    in_title = matcher.found(title)
    scores = [
        len(matcher.found(each.text) - in_title) + _HEADING_COUNTS * len(matcher.found(each.heading) - in_title)
        for each in sections
    ]
    best = scores.index(max(scores))
    others = sorted((-score, place) for place, score in enumerate(scores) if score and place != best)
    more = sorted(place for _, place in others[:_MORE] if sections[place].anchor)
    return Passage(
        matcher.parts(title),
        sections[best].anchor,
        sections[best].heading,
        matcher.parts(_cut(sections[best].text, matcher)),
        tuple((sections[place].anchor, sections[place].heading) for place in more),
    )


def sections_of(body: str) -> Iterator[Section]:
    """The sections of a page's body, without its title, what leads up and the footer; one at least."""
    html = _APART.sub(" ", body.partition("\n")[2])
    anchor = heading = ""
    start = 0
    for match in _SECTION.finditer(html):
        yield Section(anchor, heading, _plain(html[start : match.start()]))
        named = _ANCHOR.search(match[1])
        anchor, heading, start = named[1] if named else "", _plain(match[2]), match.end()
    yield Section(anchor, heading, _plain(html[start:]))


def _cut(text: str, matcher: Matcher) -> str:
    """The text around its first match, with … where something is left out."""
    hit = next((word.start() for word in _WORD.finditer(text) if matcher.matches(word[0])), 0)
    start = max(0, hit - _BEFORE)
    start = text.find(" ", start) + 1 if start else 0
    end = start + _LENGTH
    return ("… " if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _plain(html: str) -> str:
    return _SPACE.sub(" ", unescape(_TAG.sub(" ", html))).strip()
