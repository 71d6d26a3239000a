"""Suppression of small counts, so that no group of one to four people can be read or computed.

The method is cell suppression (L. H. Cox, "Suppression Methodology and Statistical Disclosure Control", Journal of the
American Statistical Association 75, 1980; A. Hundepool and others, "Statistical Disclosure Control", Wiley 2012,
chapter 4). Primary: a count below the threshold is held back. Complementary: further counts of its line are held back
until the line's total, which is taken as known, leaves more than one solution. A reader may know that what is held back
is no zero, since zeros are shown. No totals across lines are ever shown: a table here is a stack of lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

SMALLEST_SHOWN = 5  # people; in a village a smaller group is known by name

ShownCount = int | None  # None: held back


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST_SHOWN


def show_count(count: int) -> ShownCount:
    """A count that is part of no line."""
    return None if is_small(count) else count


def suppress_parts(counts: Sequence[int]) -> tuple[ShownCount, ...]:
    """A line of counts that add up to a total which the reader may know.

    Everything is held back, zeros too, if the total itself is small or nothing else protects the small ones.
    """
    if is_small(sum(counts)):
        return (None,) * len(counts)
    hidden = {index for index, count in enumerate(counts) if is_small(count)}
    others = sorted((count, index) for index, count in enumerate(counts) if count and index not in hidden)
    while hidden and not protects([counts[index] for index in hidden]):
        if not others:
            return (None,) * len(counts)
        hidden.add(others.pop(0)[1])
    return tuple(None if index in hidden else count for index, count in enumerate(counts))


def suppress_choices(counts: Sequence[int], people: int) -> tuple[ShownCount, ...]:
    """Counts of choices of which each person may make several; the reader may know how many people there are.

    A choice of all but a few is held back too: it tells of those few.
    """
    if is_small(people):
        return (None,) * len(counts)
    hidden = {index for index, count in enumerate(counts) if is_small(count) or is_small(people - count)}
    others = sorted((count, index) for index, count in enumerate(counts) if count and index not in hidden)
    while hidden and not _hides_a_large_one([counts[index] for index in hidden]):
        if not others:
            return (None,) * len(counts)
        hidden.add(others.pop(0)[1])
    return tuple(None if index in hidden else count for index, count in enumerate(counts))


def may_add_up(counts: Collection[int]) -> bool:
    """True if the total may stand beside these counts of which the small ones alone are held back."""
    hidden = [count for count in counts if is_small(count)]
    return not hidden or protects(hidden)


def protects(hidden: Sequence[int]) -> bool:
    """True if the sum of these counts, each known to be at least one, is not small and determines none of them."""
    return len(hidden) > 1 and sum(hidden) >= SMALLEST_SHOWN and sum(hidden) > len(hidden)


def _hides_a_large_one(hidden: Sequence[int]) -> bool:
    return len(hidden) > 1 and max(hidden) >= SMALLEST_SHOWN
