"""The index of an edition's checked claims: which one a message resembles, how surely, by which words. Pure.

A token of the message speaks for a claim by how much more often it stands in the texts of that claim than in those of
others and in everyday messages. To that comes the likeness to the nearest text of the claim, less that to the nearest
everyday message. How sure that is, is told by the score, its lead and the tone of the message: what warns, or speaks as
true messages do, is not surely a claim. Whole thousandths, so that phone and server agree. Twin:
pwa/src/claims/claim-index.ts, pinned by tests/vectors/claims.json.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from sync.claims.message_tokens import MessageTokens, Vocabulary, message_tokens, tokens_of_words
from sync.claims.message_words import MessageWord, message_words
from sync.claims.words import word_list

Verdict = Literal["sure", "perhaps", "nothing"]

SHOWN = 3
SURE, PERHAPS = 42_500, 17_500  # thousandths; SURE of score, lead and tone (tests/bench/claim_signs.py)
MOST_LEAD = 20_000
POINTS = 500  # thousandths a percent of the score that is shown
ALIKE = 40  # percent: two reports from here on say the same

_MOST = 3.0  # a token's evidence
_NEAREST, _EVERYDAY = 12_000, 6_000  # what full likeness to a text counts
_OTHERS, _ORDINARY, _FLOOR = 0.3, 0.2, 0.01  # parts of the rate against which a claim's is held
_EVERYDAY_CLAIMS, _COMMON = 20, 8  # the everyday messages count as so many claims; common: in so many of them
_UNKNOWN = 1_000  # weight of a word that nothing has


@dataclass(frozen=True, slots=True)
class KnownClaim:
    """The claim of a checked notice, in its own words and in people's: `wordings`, `keywords` as authors wrote them."""

    slug: str
    title: str
    claim: str
    wordings: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.title, self.claim, *self.wordings, ", ".join(self.keywords))))


@dataclass(frozen=True, slots=True)
class ClaimHit:
    """A claim that resembles a message. `score`: 0 to 100. `matched`: words of the message, as written, in order."""

    slug: str
    score: int
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """`hits`: best first, three at most; a "sure" holds for the first, and with "nothing" they are only the nearest."""

    verdict: Verdict
    hits: tuple[ClaimHit, ...]


@dataclass(frozen=True, slots=True)
class RankedClaim:
    """A claim with its score in thousandths. `matched`: words of the message, as written."""

    slug: str
    score: int
    matched: frozenset[str]


def lead_of(ranked: Sequence[RankedClaim]) -> int:
    """The thousandths by which the first of claims is ahead of the second, as far as they count."""
    return min(MOST_LEAD, ranked[0].score - (ranked[1].score if len(ranked) > 1 else 0))


class ClaimIndex:
    """Answers which claim a message resembles. What does not depend on a message is counted once, here."""

    def __init__(self, slugs: Sequence[str], texts: Sequence[Sequence[frozenset[str]]]) -> None:
        """`texts`: of each claim the tokens of its texts."""
        everyday = everyday_tokens()
        self._slugs, self._everyday = slugs, len(everyday)
        self._sizes = [len(each) for each in texts]
        self._total = sum(self._sizes)
        self._all = Counter(token for each in texts for text in each for token in text)
        self._ordinary = Counter(token for text in everyday for token in text)
        self._holders: dict[str, Counter[int]] = {token: Counter() for token in (*self._all, *self._ordinary)}
        self._holding: dict[str, list[int]] = {token: [] for token in self._holders}
        self._owners: list[int] = []  # of each text the claim; of an everyday message, one past the claims
        rows = [(number, text) for number, each in enumerate((*texts, everyday)) for text in each]
        for place, (number, text) in enumerate(rows):
            self._owners.append(number)
            for token in text:
                self._holding[token].append(place)
                if number < len(texts):
                    self._holders[token][number] += 1
        self._squares = {token: self._weight(token) ** 2 for token in self._holders}
        self._lengths = [self._length(text) for _, text in rows]
        self.vocabulary = Vocabulary(token for token in self._holders if not token.startswith("#"))

    @classmethod
    def build(cls, claims: Iterable[KnownClaim]) -> ClaimIndex:
        known = tuple(claims)
        return cls([each.slug for each in known], [[_tokens(text) for text in each.texts] for each in known])

    def match(self, message: str) -> ClaimMatch:
        found = message_tokens(message, self.vocabulary)
        ranked = self.rank(found)
        if not ranked:
            return ClaimMatch("nothing", ())
        best = ranked[0].score
        is_sure = best + lead_of(ranked) + found.tone >= SURE
        verdict: Verdict = "sure" if is_sure else "perhaps" if best >= PERHAPS else "nothing"
        hits = (
            ClaimHit(
                each.slug,
                min(100, each.score // POINTS),
                tuple(sorted(each.matched, key=lambda word: (message.find(word), word))),
            )
            for each in ranked[:SHOWN]
        )
        return ClaimMatch(verdict, tuple(hits))

    def rank(self, found: MessageTokens) -> list[RankedClaim]:
        """The claims for which something in a message speaks, best first."""
        *nearest, ordinary = self._nearest(found)
        scores = [_rounded(_NEAREST * likeness) - _rounded(_EVERYDAY * ordinary) for likeness in nearest]
        matched: dict[int, set[str]] = {}
        for token, written in found.tokens.items():
            for number, count in self._holders.get(token, {}).items():
                if evidence := self._evidence(token, number, count):
                    scores[number] += evidence
                    matched.setdefault(number, set()).update(written)
        ranked = [
            RankedClaim(slug, score, frozenset(matched.get(number, ())))
            for number, (slug, score) in enumerate(zip(self._slugs, scores, strict=True))
            if score > 0
        ]
        return sorted(ranked, key=lambda each: (-each.score, each.slug))

    def _nearest(self, found: MessageTokens) -> list[float]:
        """The likeness of the message to the nearest text of each claim, and to the nearest everyday message."""
        shared: Counter[int] = Counter()
        for token in found.tokens:
            for place in self._holding.get(token, ()):
                shared[place] += self._squares[token]
        length = self._length(found.tokens, found.unknown)
        nearest = [0.0] * (len(self._slugs) + 1)
        for place, same in shared.items():
            number = self._owners[place]
            nearest[number] = max(nearest[number], same / (length * self._lengths[place]))
        return nearest

    def _evidence(self, token: str, number: int, count: int) -> int:
        """The thousandths that a token speaks for a claim that has it; 0 for one that is as frequent elsewhere."""
        texts = self._sizes[number]
        others = (self._all[token] - count) / max(1, self._total - texts)
        ordinary = self._ordinary[token] / max(1, self._everyday)
        rate = (count + 0.02) / (texts + 2)
        odds = math.log(rate / (_OTHERS * others + _ORDINARY * ordinary + _FLOOR))
        return _rounded(1_000 * min(_MOST, max(0.0, odds)))

    def _weight(self, token: str) -> int:
        """A rare token's is high, in thousandths."""
        common = _EVERYDAY_CLAIMS * min(1.0, self._ordinary[token] / _COMMON)
        claims = len(self._slugs) + _EVERYDAY_CLAIMS
        return _rounded(1_000 * math.log(1 + claims / (len(self._holders[token]) + common + 0.5)))

    def _length(self, tokens: Iterable[str], unknown: int = 0) -> float:
        return math.sqrt(sum(self._squares.get(token, 0) for token in tokens) + unknown * _UNKNOWN**2) or 1.0


@dataclass(frozen=True, slots=True)
class ReportTokens:
    """A message that is compared with many. `keys`: of all its words, in order. `weight`: of its tokens together."""

    words: tuple[MessageWord, ...]
    tokens: frozenset[str]
    vocabulary: Vocabulary
    weight: float

    @property
    def keys(self) -> str:
        return " ".join(word.key for word in self.words)


def report_tokens(text: str) -> ReportTokens:
    words = tuple(message_words(text))
    tokens = frozenset(tokens_of_words(words).tokens)
    vocabulary = Vocabulary(token for token in tokens if not token.startswith("#"))
    return ReportTokens(words, tokens, vocabulary, sum(_heavy(token) for token in tokens))


def likeness_of(one: ReportTokens, other: ReportTokens) -> int:
    """The likeness of two messages in percent, the words of the one read as spellings of the other's."""
    if not (length := one.weight * other.weight):
        return 0
    found = tokens_of_words(one.words, other.vocabulary).tokens
    shared = sum(_heavy(token) for token in other.tokens if token in found)
    return min(100, _rounded(100 * shared / math.sqrt(length)))


def likeness(one: str, other: str) -> int:
    """The likeness of two messages in percent; 100 for texts with the same words."""
    return likeness_of(report_tokens(one), report_tokens(other))


@cache
def everyday_tokens() -> tuple[frozenset[str], ...]:
    """The tokens of each everyday message."""
    return tuple(_tokens(text) for text in word_list().everyday)


@cache
def _rarity() -> Mapping[str, int]:
    return Counter(token for text in everyday_tokens() for token in text)


@lru_cache(65_536)
def _heavy(token: str) -> float:
    """The square of a token's weight where no edition tells what is rare."""
    common = _EVERYDAY_CLAIMS * min(1.0, _rarity().get(token, 0) / _COMMON)
    return math.log(1 + (2 * _EVERYDAY_CLAIMS) / (common + 1)) ** 2


def _rounded(value: float) -> int:
    return math.floor(value + 0.5)


def _tokens(text: str) -> frozenset[str]:
    return frozenset(message_tokens(text).tokens)
