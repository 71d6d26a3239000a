"""Two texts side by side as HTML, with differing words marked; each side is complete. Used by the console."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from markupsafe import Markup, escape

Opcode: TypeAlias = tuple[str, int, int, int, int]

_WORDS = re.compile(r"\s+|[^\s\w]|\w+")
CONTEXT_LINES = 3  # lines shown around a change
# Pairs of equal words or lines that one comparison looks at, about a second's work; ordinary texts have a few thousand.
MAX_PAIRS = 1_000_000


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A line of each side as HTML. `gap`: the number of equal lines left out here, 0 for a line."""

    left: Markup
    right: Markup
    is_same: bool
    gap: int = 0


@dataclass
class _Comparison:
    """Compares the lines and words of two texts. Once `pairs` are used up, what differs is one replacement."""

    pairs: int = MAX_PAIRS

    def opcodes(self, old: Sequence[str], new: Sequence[str]) -> Iterable[Opcode]:
        """The opcodes of difflib, whose time grows with the pairs of equal items."""
        counts = Counter(new)
        pairs = sum(counts[item] for item in old)
        if pairs <= self.pairs:
            self.pairs -= pairs
            return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        return _replace_middle(old, new)


def side_by_side(left: str, right: str, *, whole: bool = False) -> list[DiffRow]:
    """The rows of both texts; long equal sections are folded unless `whole`.

    Of texts that repeat themselves thousands of times, all between the first difference and the last is marked.
    """
    old, new = left.split("\n"), right.split("\n")
    rows: list[DiffRow] = []
    comparison = _Comparison()
    for tag, old_start, old_end, new_start, new_end in comparison.opcodes(old, new):
        if tag == "equal":
            rows += [DiffRow(escape(line), escape(line), True) for line in old[old_start:old_end]]
        else:
            rows += _diff_lines(old[old_start:old_end], new[new_start:new_end], comparison)
    return rows if whole else _fold(rows)


def _diff_words(left: str, right: str, comparison: _Comparison) -> tuple[Markup, Markup]:
    """Both sides as HTML, with words missing from the other side in <del> and <ins>."""
    old, new = _WORDS.findall(left), _WORDS.findall(right)
    old_html, new_html = Markup(""), Markup("")
    for tag, old_start, old_end, new_start, new_end in comparison.opcodes(old, new):
        before, after = "".join(old[old_start:old_end]), "".join(new[new_start:new_end])
        old_html += escape(before) if tag == "equal" or not before else Markup("<del>{}</del>").format(before)
        new_html += escape(after) if tag == "equal" or not after else Markup("<ins>{}</ins>").format(after)
    return old_html, new_html


def _replace_middle(old: Sequence[str], new: Sequence[str]) -> Iterator[Opcode]:
    """The equal beginning and end, and one replacement between them."""
    shorter = min(len(old), len(new))
    head = next((index for index in range(shorter) if old[index] != new[index]), shorter)
    tail = next((index for index in range(shorter - head) if old[-1 - index] != new[-1 - index]), shorter - head)
    old_end, new_end = len(old) - tail, len(new) - tail
    yield "equal", 0, head, 0, head
    yield "replace", head, old_end, head, new_end
    yield "equal", old_end, len(old), new_end, len(new)


def _diff_lines(old: Sequence[str], new: Sequence[str], comparison: _Comparison) -> list[DiffRow]:
    rows = []
    for index in range(max(len(old), len(new))):
        left, right = old[index] if index < len(old) else "", new[index] if index < len(new) else ""
        old_html, new_html = _diff_words(left, right, comparison)
        rows.append(DiffRow(old_html, new_html, False))
    return rows


def _fold(rows: list[DiffRow]) -> list[DiffRow]:
    is_shown = [
        any(not row.is_same for row in rows[max(0, index - CONTEXT_LINES) : index + CONTEXT_LINES + 1])
        for index in range(len(rows))
    ]
    folded: list[DiffRow] = []
    hidden_count = 0
    for row, is_kept in zip(rows, is_shown, strict=True):
        if not is_kept:
            hidden_count += 1
            continue
        if hidden_count:
            folded.append(DiffRow(Markup(""), Markup(""), True, hidden_count))
            hidden_count = 0
        folded.append(row)
    return [*folded, DiffRow(Markup(""), Markup(""), True, hidden_count)] if hidden_count else folded
