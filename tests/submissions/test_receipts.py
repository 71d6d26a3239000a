"""Receipts: the vectors that the app reads too."""

from __future__ import annotations

from sync.submissions.receipts import Receipt, is_receipt_valid
from tests.support.vectors import read_vectors

SUBMISSION = read_vectors("submission")


def test_a_receipt_is_headquarters_over_this_submission_and_day() -> None:
    case = SUBMISSION["receipt"]
    assert is_receipt_valid(case["key"], case["site"], case["id"], Receipt(*case["receipt"]))
    wrongly_valid = [
        altered["why"]
        for altered in case["refused"]
        if is_receipt_valid(case["key"], case["site"], case["id"], Receipt(*altered["receipt"]))
    ]
    assert wrongly_valid == []
