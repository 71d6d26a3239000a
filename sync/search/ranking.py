"""Ranking of pages by a question's units: rare words count more, pages with more of them more, guides before letters.

Whole numbers only, so that phone and server agree. Pure. Twin: pwa/src/search/ranking.ts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from sync.search.page_terms import KIND_PERCENT
from sync.search.query import ALIKE, OPENED, Alternative, Unit

Postings = Mapping[int, int]  # weights of a sound by page

MAX_OPENED = 12  # words that a beginning may stand for
_ALIKE_FROM = 4  # letters of a sound that may have a typing error
_TWO_ERRORS_FROM = 8
_WORST_SHARE = 5  # a page with less than a fifth of the best score is not shown


class Index(Protocol):
    """`kinds`: letters of the pages' kinds, by page; "-" for a page that is no more."""

    @property
    def kinds(self) -> str: ...

    def postings(self, sound: str) -> Postings: ...

    def opened(self, opening: str) -> Sequence[str]:
        """The sounds that begin so."""

    def alike(self, sound: str) -> Sequence[str]:
        """Sounds with the same first letter."""


def rank(units: Sequence[Unit], index: Index) -> dict[int, int]:
    """Scores by page, of those worth showing."""
    pages = sum(kind != "-" for kind in index.kinds)
    totals: dict[int, int] = {}
    matched: dict[int, int] = {}
    known = 0
    for unit in units:
        weights = _unit_weights(unit, index)
        if not weights:
            continue
        rarity = round(100 * math.log(1 + pages / len(weights)))
        known += 0 if unit.joined else rarity
        for page, weight in weights.items():
            if unit.pair and page not in totals:
                continue
            totals[page] = totals.get(page, 0) + rarity * weight
            matched[page] = matched.get(page, 0) + (0 if unit.joined else rarity)
    scores = {
        page: total * KIND_PERCENT[index.kinds[page]] * (50 + 50 * matched[page] // max(1, known))
        for page, total in totals.items()
    }
    best = max(scores.values(), default=0)
    return {page: score for page, score in scores.items() if score * _WORST_SHARE >= best}


def _unit_weights(unit: Unit, index: Index) -> dict[int, int]:
    """By page, the weight of the best alternative times its percentage."""
    weights = _best(unit.alternatives, index)
    if unit.opening:
        begun = sorted(index.opened(unit.opening), key=lambda sound: (-len(index.postings(sound)), sound))
        opened = _best([Alternative((sound,), OPENED) for sound in begun[:MAX_OPENED]], index)
        weights = {page: max(weights.get(page, 0), opened.get(page, 0)) for page in {*weights, *opened}}
    if not weights and not unit.joined:
        return _best([Alternative((sound,), ALIKE) for sound in _alike(unit, index)], index)
    return weights


def _best(alternatives: Sequence[Alternative], index: Index) -> dict[int, int]:
    weights: dict[int, int] = {}
    for alternative in alternatives:
        first, *others = (index.postings(sound) for sound in alternative.sounds)
        for page, weight in first.items():
            if index.kinds[page] != "-" and all(page in postings for postings in others):
                weight = min(weight, *(postings[page] for postings in others)) if others else weight
                weights[page] = max(weights.get(page, 0), weight * alternative.percent)
    return weights


def _alike(unit: Unit, index: Index) -> list[str]:
    """The sounds nearest to a word that no page has: one error away, or two for a long one."""
    sound = unit.alternatives[0].sounds[0]
    if len(unit.alternatives[0].sounds) > 1 or len(sound) < _ALIKE_FROM:
        return []
    most = 2 if len(sound) >= _TWO_ERRORS_FROM else 1
    distances = {
        other: distance for other in index.alike(sound) if (distance := errors_between(sound, other, most)) <= most
    }
    return sorted(other for other, distance in distances.items() if distance == min(distances.values()))


def errors_between(one: str, other: str, most: int) -> int:
    """Letters added, lost, changed or swapped with the next one; more than `most` is `most + 1`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, another in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != another))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == another:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
