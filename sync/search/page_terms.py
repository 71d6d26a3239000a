"""The terms of a page for search, each with its weight, and the page's kind.

A word weighs by where it stands: title, the author's keywords, headings, text. What leads elsewhere (links) and what is
about the page (footer) does not count. Twin: pwa/src/search/page-terms.ts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from sync.search.lexicon import Lexicon, word_pairs

HEAVIEST = 15  # the most that a word weighs in a page
_TITLE, _SHORT_TITLE, _KEYWORD, _HEADING, _PAIR = 8, 10, 7, 3, 3
_SHORT = 3  # words of a short title
_OFTEN = ((4, 3), (2, 2), (1, 1))  # times in the text, weight

# By path: the letter of the kind and what a page of it counts, in percent.
_KINDS = (
    (re.compile(r"guides/[^/]+"), "g"),
    (re.compile(r"complaints/[^/]+"), "p"),
    (re.compile(r"alerts/[^/]+"), "a"),
    (re.compile(r"notices/[^/]+"), "n"),
    (re.compile(r"recommendations/[^/]+"), "r"),
    (re.compile(r"authorities"), "o"),
    (re.compile(r"forms/[^/]+"), "f"),
    (re.compile(r"complaints/[^/]+/[^/]+"), "l"),
)
KIND_PERCENT = {"g": 100, "p": 90, "a": 90, "n": 85, "r": 80, "o": 75, "f": 60, "l": 50}

_KEYWORDS = re.compile(r'<h1\b[^>]* data-words=(?:"([^"]*)"|([^\s">]+))')
_HEADINGS = re.compile(r"<h[23]\b[^>]*>(.*?)</h[23]>", re.DOTALL)
_APART = re.compile(r"<(h[123]|a|footer|svg|script|style)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class PageTerms:
    kind: str
    title: str
    weights: dict[str, int]  # by sound, and by pair of the author's keywords
    phrases: tuple[str, ...]  # the author's keywords, as written


def kind_of(path: str) -> str:
    """The letter of the page's kind; "" for pages that are not searched: lists and tools, which lead to others."""
    return next((letter for pattern, letter in _KINDS if pattern.fullmatch(path)), "")


def page_terms(path: str, body: str, lexicon: Lexicon) -> PageTerms | None:
    """The terms of a page; None if it is not searched."""
    kind = kind_of(path)
    if not kind:
        return None
    title, _, fragment = body.partition("\n")
    title = unescape(title)
    keywords = _KEYWORDS.search(fragment)
    written = (keywords[1] or keywords[2]) if keywords else ""
    phrases = tuple(filter(None, (text.strip() for text in unescape(written).split(","))))
    weights: dict[str, int] = {}
    title_sounds = set(lexicon.phrase(title))
    _weigh(weights, title_sounds, _SHORT_TITLE if len(title_sounds) <= _SHORT else _TITLE)
    _weigh(weights, {sound for phrase in phrases for sound in lexicon.phrase(phrase)}, _KEYWORD)
    _weigh(weights, {pair for phrase in phrases for pair in word_pairs(phrase)}, _PAIR)
    _weigh(weights, {sound for text in _HEADINGS.findall(fragment) for sound in lexicon.phrase(_plain(text))}, _HEADING)
    counts: dict[str, int] = {}
    for sound in lexicon.phrase(_plain(_APART.sub(" ", fragment))):
        counts[sound] = counts.get(sound, 0) + 1
    for sound, count in counts.items():
        _weigh(weights, {sound}, next(weight for often, weight in _OFTEN if count >= often))
    return PageTerms(kind, title, weights, phrases)


def _weigh(weights: dict[str, int], sounds: set[str], weight: int) -> None:
    for sound in sounds:
        weights[sound] = min(HEAVIEST, weights.get(sound, 0) + weight)


def _plain(html: str) -> str:
    return unescape(_TAG.sub(" ", html))
