"""An inverted index over the pages of an edition: each term's pages, how often and where first. Pure; used by `search`.

A query's term matches every word that it begins. Terms of one or two letters match nearly every page, so their pages
are summed when the index is built: a query costs milliseconds, whatever it asks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from sync.folding import terms

MAX_RESULTS = 20
TITLE_WEIGHT = 20
EXTRACT_LENGTH = 160  # characters
SHORT_PREFIX = 2  # letters of the prefixes that are summed in advance
_LAST_LETTER = "\U0010ffff"  # sorts after every letter of a term

_TAGS = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_CHUNK = re.compile(r"\S+")


@dataclass(slots=True)
class _Occurrences:
    """Occurrences of a term in one page. `offset`: of the first in the text, -1 if it stands in the title alone."""

    count: int = 0
    offset: int = -1
    in_title: int = 0

    def add(self, other: _Occurrences) -> None:
        self.count += other.count
        self.in_title += other.in_title
        if other.offset >= 0:
            self.offset = other.offset if self.offset < 0 else min(self.offset, other.offset)

    @property
    def score(self) -> int:
        return min(self.count, TITLE_WEIGHT - 1) + TITLE_WEIGHT * self.in_title


@dataclass(frozen=True, slots=True)
class SearchResult:
    path: str
    title: str
    extract: str


_Postings = dict[int, _Occurrences]  # by index of the page


class SearchIndex:
    def __init__(self, bodies: Iterable[tuple[str, str]]) -> None:
        """Index pages given as path and body."""
        self._pages: list[tuple[str, str, str]] = []  # path, title, text
        self._postings: dict[str, _Postings] = {}
        self._short: dict[str, _Postings] = {}
        terms_of: dict[str, list[str]] = {}
        for path, body in bodies:
            self._add_page(path, body, terms_of)
        self._vocabulary: Sequence[str] = sorted(self._postings)

    def find(self, query_terms: Sequence[str]) -> list[SearchResult]:
        """The best pages in which every term begins a word, at most MAX_RESULTS."""
        if not query_terms:
            return []
        matches = [self._match(term) for term in query_terms]
        common = set.intersection(*(set(postings) for postings in matches))
        scores = {page: sum(postings[page].score for postings in matches) for page in common}
        best = sorted(common, key=lambda page: (-scores[page], self._pages[page][0]))[:MAX_RESULTS]
        return [self._make_result(page, matches[0][page].offset) for page in best]

    def _add_page(self, path: str, body: str, terms_of: dict[str, list[str]]) -> None:
        title, _, fragment = body.partition("\n")
        title = unescape(title)
        text = _SPACE.sub(" ", unescape(_TAGS.sub(" ", fragment))).strip()
        occurrences: dict[str, _Occurrences] = {}
        for chunk in _CHUNK.finditer(text):
            word = chunk.group()
            if word not in terms_of:
                terms_of[word] = terms(word)
            for term in terms_of[word]:
                occurrences.setdefault(term, _Occurrences()).add(_Occurrences(1, chunk.start()))
        for term in terms(title):
            occurrences.setdefault(term, _Occurrences()).in_title += 1
        page = len(self._pages)
        self._pages.append((path, title, text))
        for term, found in occurrences.items():
            self._postings.setdefault(term, {})[page] = found
            for length in range(1, min(SHORT_PREFIX, len(term)) + 1):
                self._short.setdefault(term[:length], {}).setdefault(page, _Occurrences()).add(found)

    def _match(self, prefix: str) -> Mapping[int, _Occurrences]:
        if len(prefix) <= SHORT_PREFIX:
            return self._short.get(prefix, {})
        start = bisect_left(self._vocabulary, prefix)
        end = bisect_left(self._vocabulary, prefix + _LAST_LETTER)
        if end - start == 1:
            return self._postings[self._vocabulary[start]]
        sums: _Postings = {}
        for term in self._vocabulary[start:end]:
            for page, occurrences in self._postings[term].items():
                sums.setdefault(page, _Occurrences()).add(occurrences)
        return sums

    def _make_result(self, page: int, offset: int) -> SearchResult:
        path, title, text = self._pages[page]
        return SearchResult(path, title, make_extract(text, offset))


def make_extract(text: str, offset: int) -> str:
    """An extract of the text around an offset; its beginning for -1."""
    if offset < 0:
        return text[:EXTRACT_LENGTH]
    start = max(0, offset - EXTRACT_LENGTH // 3)
    start = text.find(" ", start) + 1 if start else 0
    end = start + EXTRACT_LENGTH
    cut = text[start:end].rsplit(" ", 1)[0] + " …" if end < len(text) else text[start:]
    return ("… " if start else "") + cut
