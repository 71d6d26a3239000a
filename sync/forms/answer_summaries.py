"""Bars and figures of all answers to one question, for families of question types.

Used by sync/forms/question_types.py.
"""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

MAX_BINS = 8
MAX_CHOICES_WITH_EMPTY_BARS = 12  # a longer list shows only the choices that somebody made


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """`bars`: label and count, in order. `figures` of numbers: least, middle, most, sum."""

    bars: tuple[tuple[str, int], ...] = ()
    figures: tuple[tuple[str, float], ...] = ()


def count_choices(values: Sequence[Any], choices: Sequence[tuple[str, str]]) -> AnswerSummary:
    counts = Counter(chain.from_iterable(value if isinstance(value, list) else (value,) for value in values))
    bars = [(label, counts[name]) for name, label in choices]
    return AnswerSummary(tuple(bar for bar in bars if bar[1] != 0 or len(bars) <= MAX_CHOICES_WITH_EMPTY_BARS))


def summarize_numbers(values: Sequence[Any], choices: Sequence[tuple[str, str]]) -> AnswerSummary:
    numbers = sorted(map(float, values))
    if not numbers:
        return AnswerSummary()
    return AnswerSummary(
        tuple(histogram(numbers)),
        (
            ("least", numbers[0]),
            ("middle", statistics.median(numbers)),
            ("most", numbers[-1]),
            ("sum", sum(numbers)),
        ),
    )


def count_by_month(values: Sequence[Any], choices: Sequence[tuple[str, str]]) -> AnswerSummary:
    """One bar for each month (YYYY-MM) of dates or dates with time."""
    months: Counter[str] = Counter()
    for value, count in Counter(values).items():
        months[str(value)[:7]] += count
    return AnswerSummary(tuple(sorted(months.items())))


def histogram(numbers: Sequence[float], max_bins: int = MAX_BINS) -> list[tuple[str, int]]:
    """Counts of sorted numbers: one bar for each number while at most `max_bins` differ, else bins of equal width."""
    counts = Counter(numbers)
    distinct = sorted(counts)
    if len(distinct) <= max_bins:
        return [(_format_number(value), counts[value]) for value in distinct]
    width = (distinct[-1] - distinct[0]) / max_bins
    edges = [distinct[0] + width * step for step in range(max_bins)]
    starts = [*(bisect_left(numbers, edge) for edge in edges), len(numbers)]
    labels = pairwise([*map(_format_number, edges), _format_number(distinct[-1])])
    return [
        (f"{low} – {high}", end - start) for (low, high), (start, end) in zip(labels, pairwise(starts), strict=True)
    ]


def _format_number(number: float) -> str:
    return f"{number:g}"
