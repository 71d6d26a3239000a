"""Others' ClaimReview becomes a citing draft; what is malformed, hostile or incomplete is refused with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.content.schemas import from_fields
from sync.documents.model import Notice
from sync.errors import Refused
from sync.notices.claim_review_reader import MAX_BYTES, MAX_NODES, citing_fields, read_claim_reviews, verdict_of
from tests.support.claim_reviews import REVIEW


def page(value: Any) -> bytes:
    return f"<html><script>x</script><script type='application/ld+json'>{json.dumps(value)}</script>".encode()


@pytest.mark.parametrize(
    "document",
    [
        json.dumps(REVIEW).encode(),
        json.dumps([REVIEW, REVIEW]).encode(),
        page({"@graph": [{"@type": "WebPage"}, REVIEW]}),
    ],
)
def test_a_review_in_json_or_in_a_page_becomes_a_draft_that_cites_it(document: bytes) -> None:
    [review] = read_claim_reviews(document)
    notice = from_fields("notice", citing_fields(review, "puits", "fr", "2026-12-01", "À écrire."))
    assert isinstance(notice, Notice)
    assert (notice.verdict, notice.checked_by, notice.claim) == ("false", "Un vérificateur", REVIEW["claimReviewed"])
    [source] = notice.evidence
    assert (source.url, source.publisher, source.published) == (REVIEW["url"], "Un vérificateur", "2026-11-20")
    assert review.licence == REVIEW["license"]


def test_a_word_that_is_not_one_of_ours_is_left_to_a_person() -> None:
    assert verdict_of("Faux.") == "false"
    assert verdict_of("Pants on fire") == verdict_of("") == "to-check"


def test_texts_that_are_too_long_or_hold_signs_are_cut_and_cleaned() -> None:
    [review] = read_claim_reviews(json.dumps({**REVIEW, "claimReviewed": "mot\u202e " * 900}).encode())
    fields = citing_fields(review, "puits", "fr", "2026-12-01", "À écrire.")
    assert "\u202e" not in fields["claim"]
    assert from_fields("notice", fields)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"x" * (MAX_BYTES + 1), "review-large"),
        (b"\xff\xfe", "review-encoding"),
        (b"{not json", "review-json"),
        (b"[" * 100_000, "review-json"),
        (b"<p>rien", "review-missing"),
        (page("{"), "review-missing"),
        (json.dumps([0] * (MAX_NODES + 1)).encode(), "review-deep"),
        (json.dumps([{**REVIEW, "url": f"https://checker.example/{n}"} for n in range(60)]).encode(), "review-many"),
        (json.dumps({**REVIEW, "author": None}).encode(), "review-incomplete"),
        (json.dumps({**REVIEW, "url": "javascript:alert(1)"}).encode(), "review-address"),
    ],
)
def test_what_cannot_be_cited_is_refused_with_its_reason(document: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_claim_reviews(document)
    assert refused.value.code == code
    assert refused.value.hint, "what to do about it"
