"""Distances between words, and what a typing error finds. The order of pages is in the vectors."""

from __future__ import annotations

import pytest

from server.reader.search_index import SearchIndex
from sync.search.lexicon import Lexicon
from sync.search.ranking import errors_between


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("", "", 0), ("vol", "vol", 0), ("vol", "voal", 1), ("vol", "vo", 1), ("vol", "vlo", 1), ("vol", "bal", 2)],
)
def test_errors_are_counted(one: str, other: str, errors: int) -> None:
    assert errors_between(one, other, 2) == errors_between(other, one, 2) == errors


def test_errors_beyond_what_is_asked_are_not_counted() -> None:
    assert errors_between("abcdef", "ghijkl", 2) == 3
    assert errors_between("a", "abcdef", 2) == 3


def test_a_word_with_a_typing_error_is_found_where_no_page_has_it() -> None:
    index = SearchIndex(
        [("guides/a", "Tribunal\n<h1>Tribunal</h1>"), ("guides/b", "Lettre\n<h1>Lettre</h1>")], Lexicon()
    )
    assert [result.path for result in index.find("tribnual ").results] == ["guides/a"]
    assert index.find("tribxuzzl ").count == 0
