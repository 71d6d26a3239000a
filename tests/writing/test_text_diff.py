"""Two texts side by side: each side is complete, what differs is marked, and no text keeps the server busy for long."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.writing import text_diff
from server.writing.text_diff import DiffRow, side_by_side

TEXTS = st.text("ab .\n<é", max_size=40)


def sides(rows: Sequence[DiffRow]) -> tuple[str, str]:
    """The texts of both sides, without marks; a line that one side lacks is empty there."""
    plain = [
        [html.unescape(re.sub("</?(?:del|ins)>", "", str(side))) for side in (row.left, row.right)] for row in rows
    ]
    left, right = ("\n".join(lines) for lines in zip(*plain, strict=True))
    return left, right


def without_empty_lines(text: str) -> str:
    return re.sub("\n+", "\n", text).strip("\n")


@pytest.mark.parametrize("pairs", [text_diff.MAX_PAIRS, 0])
@settings(max_examples=100, deadline=None)
@given(left=TEXTS, right=TEXTS)
def test_both_sides_are_complete_and_equal_texts_have_no_mark(pairs: int, left: str, right: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(text_diff._Comparison, "__init__", lambda self: setattr(self, "pairs", pairs))
        rows = side_by_side(left, right, whole=True)
    assert [without_empty_lines(text) for text in sides(rows)] == [without_empty_lines(text) for text in (left, right)]
    assert all(row.is_same for row in rows) == (left == right)


def test_the_words_that_changed_are_marked() -> None:
    [row] = side_by_side("Faites bouillir 1 minute.", "Faites bouillir 2 minutes.")
    assert str(row.left) == "Faites bouillir <del>1</del> <del>minute</del>."
    assert str(row.right) == "Faites bouillir <ins>2</ins> <ins>minutes</ins>."


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a\n" * 60_000, "b\n" + "a\n" * 60_000),
        ("a b " * 30_000, "b a c " * 30_000),
        ("\n".join(["a b c d " * 20] * 400), "\n".join(["b a d c " * 20] * 401)),
    ],
    ids=["lines", "words", "words in many lines"],
)
def test_texts_that_repeat_themselves_take_seconds_at_most(left: str, right: str) -> None:
    began = time.process_time()
    rows = side_by_side(left, right, whole=True)
    assert time.process_time() - began < 10
    assert [without_empty_lines(text) for text in sides(rows)] == [without_empty_lines(text) for text in (left, right)]
