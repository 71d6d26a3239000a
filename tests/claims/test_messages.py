"""Messages that somebody else wrote before the matcher: what is said of the open halves. `make bench` has tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sync.claims.words import word_list
from sync.folding import terms
from tests.bench import claim_signs, claims
from tests.support import site_texts

HALVES = (claims.OPEN, claims.SECOND, claims.THIRD, claims.FOURTH, claims.FIFTH)
LEAST_SURE = (0.5, 0.28, 0.5, 0.6, 0.5)  # shares of what fits; the second has many short messages


@cache
def measured(half: Path) -> dict[str, float]:
    return {share.name: share.value for share in claims.shares(claims.findings(claims.read_messages(half)))}


@pytest.mark.parametrize("half", HALVES, ids=("first", "second", "third", "fourth", "fifth"))
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("right notice in the first three, fr", 0.9),
        ("right notice in the first three, sms", 0.9),
        ("right notice in the first three, mixed", 0.9),
        ("right notice in the first three, and said", 0.78),
        ("unrelated: nothing found", 0.94),
        ("hoax: nothing found", 0.85),
        ("sure is right", 0.95),
    ],
)
def test_messages_are_told_apart(half: Path, name: str, least: float) -> None:
    assert measured(half)[name] >= least


@pytest.mark.parametrize(
    "half", [*HALVES, claims.NOT_FITTING], ids=("first", "second", "third", "fourth", "fifth", "not fitting")
)
def test_a_true_message_on_the_subject_of_a_notice_is_never_surely_false(half: Path) -> None:
    assert measured(half)["near: sure"] <= 0.03


def test_signs_of_other_sets_keep_a_true_message_from_being_surely_false() -> None:
    """Each set is judged by what was learnt from the others: what may be hoped of messages that nobody has seen."""
    measured = {each.name: each.value for each in claims.shares(claim_signs.cross_validated(claim_signs.read_rows()))}
    assert measured["near: sure"] <= 0.02
    assert measured["sure is right"] >= 0.97
    assert measured["sure is said of what fits"] >= 0.5


def test_the_signs_of_the_list_are_those_that_the_open_messages_teach() -> None:
    assert claim_signs.learn_signs(claim_signs.read_rows()) == word_list().signs


@pytest.mark.parametrize(("half", "least"), [*zip(HALVES, LEAST_SURE, strict=True)])
def test_sure_is_said_of_many_messages_that_fit(half: Path, least: float) -> None:
    assert measured(half)["sure is said of what fits"] >= least


def test_no_wording_was_taken_from_a_message() -> None:
    """Whole, or its first eight words: the measure would be of memory."""
    written = {" ".join(terms(text)[:8]) for each in site_texts.notices() for text in each.document.wordings}
    messages = [each.text for half in HALVES for each in claims.read_messages(half)]
    assert [text for text in messages if " ".join(terms(text)[:8]) in written] == []


def test_another_file_than_the_sealed_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUNNAFONI_SEALED_MESSAGES", str(claims.OPEN))
    with pytest.raises(SystemExit):
        claims.sealed_path()


def test_the_interval_of_a_share_holds_it_and_shrinks_with_the_number() -> None:
    low, high = claims.wilson(17, 20)
    assert 0.63 < low < 0.65 and 0.94 < high < 0.96
    assert claims.wilson(0, 0) == (0.0, 1.0)
