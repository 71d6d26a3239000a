"""The search index over the pages of an edition, in memory. Pure; used by `search`.

Ranking is sync/search's, as on the phone: a query costs milliseconds, whatever it asks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sync.search.lexicon import Lexicon
from sync.search.page_terms import page_terms
from sync.search.passages import Matcher, Passage, best_passage
from sync.search.query import parse_query
from sync.search.ranking import Postings, rank

MAX_RESULTS = 20
_LAST_LETTER = "\U0010ffff"  # sorts after every letter of a sound


@dataclass(frozen=True, slots=True)
class SearchResult:
    path: str
    title: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """`count`: of the pages found; `results`: the best of them."""

    count: int
    results: tuple[SearchResult, ...]


class SearchIndex:
    def __init__(self, bodies: Iterable[tuple[str, str]], lexicon: Lexicon) -> None:
        """Index pages given as path and body; those that are not searched are left out."""
        self.kinds = ""
        self._lexicon = lexicon
        self._pages: list[tuple[str, str, str]] = []  # path, title, body
        self._postings: dict[str, dict[int, int]] = {}
        letters: set[str] = set()  # by title: one serves several paths
        for path, body in bodies:
            found = page_terms(path, body, lexicon)
            if found is not None and not (found.kind == "l" and found.title in letters):
                letters |= {found.title} if found.kind == "l" else set()
                for sound, weight in found.weights.items():
                    self._postings.setdefault(sound, {})[len(self._pages)] = weight
                self.kinds += found.kind
                self._pages.append((path, found.title, body))
        self._vocabulary: Sequence[str] = sorted(self._postings)

    def postings(self, sound: str) -> Postings:
        return self._postings.get(sound, {})

    def opened(self, opening: str) -> Sequence[str]:
        start = bisect_left(self._vocabulary, opening)
        return self._vocabulary[start : bisect_left(self._vocabulary, opening + _LAST_LETTER)]

    def alike(self, sound: str) -> Sequence[str]:
        return self.opened(sound[:1])

    def find(self, question: str) -> SearchAnswer:
        """The best pages, at most MAX_RESULTS."""
        units = parse_query(question, self._lexicon)
        scores = rank(units, self)
        ordered = sorted(scores, key=lambda page: (-scores[page], self._pages[page][0]))
        matcher = Matcher(units, self._lexicon)
        return SearchAnswer(len(ordered), tuple(self._make_result(page, matcher) for page in ordered[:MAX_RESULTS]))

    def _make_result(self, page: int, matcher: Matcher) -> SearchResult:
        path, title, body = self._pages[page]
        return SearchResult(path, title, best_passage(title, body, matcher))
