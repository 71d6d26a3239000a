"""Numbers in addresses and fields."""

from __future__ import annotations

import pytest

from server.web.request_text import parse_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("999", 999)])
def test_ascii_digits_up_to_the_maximum_are_a_number(text: str, number: int) -> None:
    assert parse_number(text, 999) == number


@pytest.mark.parametrize("text", ["", "1000", "9" * 5000, "-1", "+1", " 1", "1_0", "1.0", "²", "１", "٣", "\0"])
def test_anything_else_is_none(text: str) -> None:
    assert parse_number(text, 999) is None
