"""Enrolment codes and what a phone signs to enrol: the vectors that the app reads too."""

from __future__ import annotations

from sync.submissions.devices import CODE_LENGTH, enrolment_bytes
from sync.submissions.submission import normalize_code
from tests.support.vectors import read_vectors

SUBMISSION = read_vectors("submission")


def test_a_code_is_read_as_people_write_it() -> None:
    case = SUBMISSION["enrolment"]
    assert [normalize_code(written, CODE_LENGTH) for written in case["written"]] == [
        "ABCDE01234",
        "ABCDE01234",
        "ABCDE01234",
        "ABCDE01234",
    ]
    assert enrolment_bytes(case["site"], case["code"], case["key"]).decode() == case["bytes"]
    assert [normalize_code(wrong, CODE_LENGTH) for wrong in ("", "ABCDE", "ABCDEU1234", "ABCDE-01234-5")] == [""] * 4
