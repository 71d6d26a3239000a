"""Reasons of refusals: counted by code, each with words that say what to do."""

from __future__ import annotations

from server.push.delivery import PERMANENT_FAILURES
from server.push.refusal_reasons import WORDS, count_name, refusals_by_reason


def test_refusals_are_summed_over_languages_the_most_frequent_first() -> None:
    counts = {
        "fr": {"delivered": 9, "refused": 3, count_name("403"): 2, count_name("size"): 1},
        "bm": {"refused": 5, count_name("403"): 1, count_name("413"): 4},
        "": {"gone": 2},
    }
    assert list(refusals_by_reason(counts).items()) == [("413", 4), ("403", 3), ("size", 1)]


def test_every_refusal_of_this_site_has_its_words() -> None:
    assert {*PERMANENT_FAILURES, "key", "service", "over", "size", "timeout", "queued", "401", "403"} <= WORDS.keys()


def test_a_code_of_any_length_keeps_the_counts_small() -> None:
    assert len(count_name("x" * 1000)) < 40
