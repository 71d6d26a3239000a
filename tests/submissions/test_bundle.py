"""Bundles of submissions and of receipts, read from text: the vectors that the app reads too."""

from __future__ import annotations

import random
import time

import pytest

from sync.errors import Refused
from sync.submissions.body_lines import PieceLine, SubmissionLine
from sync.submissions.bundle import read_bundle, read_receipts
from sync.submissions.receipts import is_receipt_valid
from sync.text_file import decode_payload, split_text_file, write_text_file
from tests.support.vectors import read_vectors

BUNDLE = read_vectors("bundle")


@pytest.mark.parametrize("text", BUNDLE["texts"], ids=["gzip", "plain", "CRLF", "byte-order mark", "indented"])
def test_a_bundle_gives_its_lines(text: str) -> None:
    lines = read_bundle(text, BUNDLE["site"])
    assert lines == [
        SubmissionLine(BUNDLE["lines"][0]["submission"], BUNDLE["lines"][0]["signature"]),
        SubmissionLine(BUNDLE["lines"][1]["submission"], ""),
        PieceLine(BUNDLE["lines"][2]["file"], 0, b"octets"),
    ]


@pytest.mark.parametrize("case", BUNDLE["refused"], ids=lambda case: case["why"])
def test_what_is_no_bundle_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        read_bundle(case["text"], BUNDLE["site"])
    assert caught.value.code == case["code"]


def test_receipts_travel_as_text() -> None:
    case = BUNDLE["receipts"]
    receipts = read_receipts(case["text"], BUNDLE["site"])
    assert {id: receipt.as_json() for id, receipt in receipts.items()} == case["lines"]
    assert all(is_receipt_valid(case["key"], BUNDLE["site"], id, receipt) for id, receipt in receipts.items())


def test_writing_takes_a_time_in_proportion_to_the_length() -> None:
    body = random.Random(1).randbytes(6_000_000)
    start = time.monotonic()
    text = write_text_file("x", body)
    assert time.monotonic() - start < 6, "13 s where each line copied the rest"
    assert max(map(len, text.splitlines())) == 76
    payload = split_text_file(text)[1]
    assert len(decode_payload(payload)) > len(body)
