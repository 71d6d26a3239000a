"""Submissions: ids, codes, signatures and refusals, by the vectors that the app reads too."""

from __future__ import annotations

import pytest

from sync.errors import Refused
from sync.submissions.submission import PIECE_BYTES, Attachment, parse_submission
from tests.support.protocol_examples import example
from tests.support.vectors import read_vectors

SUBMISSION = read_vectors("submission")


@pytest.mark.parametrize("case", SUBMISSION["good"], ids=lambda case: case["code"])
def test_a_submission_has_its_id_and_code(case: dict[str, str]) -> None:
    submission = parse_submission(case["text"])
    assert (submission.id, submission.code) == (case["id"], case["code"])


def test_the_protocols_example() -> None:
    case = example("submission")
    assert (parse_submission(case["text"]).id, parse_submission(case["text"]).code) == (case["id"], case["code"])


@pytest.mark.parametrize("case", SUBMISSION["refused"], ids=lambda case: case["why"])
def test_anything_else_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        parse_submission(case["text"])
    assert caught.value.code == case["code"]


def test_a_devices_signature_is_over_this_submission_for_this_site() -> None:
    case = SUBMISSION["signed"]
    submission = parse_submission(case["text"])
    assert submission.is_signed_by(case["key"], case["signature"])
    assert [
        altered["why"] for altered in case["refused"] if submission.is_signed_by(case["key"], altered["signature"])
    ] == []


def test_pieces_of_a_file() -> None:
    assert [Attachment("", size, "").pieces for size in (1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES)] == [
        1,
        1,
        2,
        3,
    ]
