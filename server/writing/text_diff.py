"""Two texts side by side, what differs marked word by word. Nothing is lost: each side reads whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup, escape

_WORDS = re.compile(r"\s+|[^\s\w]|\w+")
CONTEXT_LINES = 3  # lines shown around a change


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A line of each side as HTML; `same`: both are equal. `gap`: so many equal lines are left out here."""

    left: Markup
    right: Markup
    is_same: bool
    gap: int = 0


def side_by_side(left: str, right: str, *, whole: bool = False) -> list[DiffRow]:
    """The rows; long equal stretches folded unless `whole`."""
    old, new = left.split("\n"), right.split("\n")
    rows: list[DiffRow] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [DiffRow(escape(line), escape(line), True) for line in old[i:j]]
        else:
            rows += _diff_lines(old[i:j], new[k:m])
    return rows if whole else _fold(rows)


def diff_words(left: str, right: str) -> tuple[Markup, Markup]:
    """Each side with the words that the other lacks in <del> and <ins>."""
    old, new = _WORDS.findall(left), _WORDS.findall(right)
    gone, come = Markup(""), Markup("")
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[i:j]), "".join(new[k:m])
        gone += escape(before) if tag == "equal" or not before else Markup("<del>{}</del>").format(before)
        come += escape(after) if tag == "equal" or not after else Markup("<ins>{}</ins>").format(after)
    return gone, come


def _diff_lines(old: Sequence[str], new: Sequence[str]) -> list[DiffRow]:
    rows = []
    for index in range(max(len(old), len(new))):
        left, right = old[index] if index < len(old) else "", new[index] if index < len(new) else ""
        gone, come = diff_words(left, right)
        rows.append(DiffRow(gone, come, False))
    return rows


def _fold(rows: list[DiffRow]) -> list[DiffRow]:
    shown = [
        any(not row.is_same for row in rows[max(0, at - CONTEXT_LINES) : at + CONTEXT_LINES + 1])
        for at in range(len(rows))
    ]
    folded: list[DiffRow] = []
    left_out = 0
    for row, keep in zip(rows, shown, strict=True):
        if not keep:
            left_out += 1
            continue
        if left_out:
            folded.append(DiffRow(Markup(""), Markup(""), True, left_out))
            left_out = 0
        folded.append(row)
    return [*folded, DiffRow(Markup(""), Markup(""), True, left_out)] if left_out else folded
