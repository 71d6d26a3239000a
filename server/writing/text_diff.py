"""Two texts side by side as HTML, with differing words marked; each side is complete. Used by the console."""

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
    """A line of each side as HTML. `gap`: the number of equal lines left out here, 0 for a line."""

    left: Markup
    right: Markup
    is_same: bool
    gap: int = 0


def side_by_side(left: str, right: str, *, whole: bool = False) -> list[DiffRow]:
    """The rows of both texts; long equal sections are folded unless `whole`."""
    old, new = left.split("\n"), right.split("\n")
    rows: list[DiffRow] = []
    for tag, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [DiffRow(escape(line), escape(line), True) for line in old[old_start:old_end]]
        else:
            rows += _diff_lines(old[old_start:old_end], new[new_start:new_end])
    return rows if whole else _fold(rows)


def diff_words(left: str, right: str) -> tuple[Markup, Markup]:
    """Both sides as HTML, with words missing from the other side in <del> and <ins>."""
    old, new = _WORDS.findall(left), _WORDS.findall(right)
    old_html, new_html = Markup(""), Markup("")
    for tag, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[old_start:old_end]), "".join(new[new_start:new_end])
        old_html += escape(before) if tag == "equal" or not before else Markup("<del>{}</del>").format(before)
        new_html += escape(after) if tag == "equal" or not after else Markup("<ins>{}</ins>").format(after)
    return old_html, new_html


def _diff_lines(old: Sequence[str], new: Sequence[str]) -> list[DiffRow]:
    rows = []
    for index in range(max(len(old), len(new))):
        left, right = old[index] if index < len(old) else "", new[index] if index < len(new) else ""
        old_html, new_html = diff_words(left, right)
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
