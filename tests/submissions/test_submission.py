"""Submissions, seals, receipts and bundles hold to the bytes that phones make: every case of the tables both read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sync.canonical import base64url_decode, base64url_encode, canonical, digest
from sync.errors import BadRequest, NotProven, Refused, TooLarge
from sync.submissions import body_lines as wire
from sync.submissions.body_lines import BadLine, PieceLine, SubmissionLine, read_lines, unpack
from sync.submissions.bundle import read_bundle, read_receipts
from sync.submissions.devices import CODE_LENGTH, enrolment_bytes
from sync.submissions.receipts import Receipt, is_receipt_valid
from sync.submissions.sealing import PADDING_BLOCK, SUITE, SealingKey, open_answers, open_attachment, seal_answers
from sync.submissions.submission import PIECE_BYTES, Attachment, normalize_code, parse_submission
from tests.support.protocol_examples import example


def table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parents[1] / f"vectors/{name}.json").read_text("utf-8"))
    return found


SUBMISSION, SEALING, BUNDLE = table("submission"), table("sealing"), table("bundle")


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
    assert [one["why"] for one in case["refused"] if submission.is_signed_by(case["key"], one["signature"])] == []


def test_a_receipt_is_headquarters_over_this_submission_and_day() -> None:
    case = SUBMISSION["receipt"]
    assert is_receipt_valid(case["key"], case["site"], case["id"], Receipt(*case["receipt"]))
    held = [
        one["why"]
        for one in case["refused"]
        if is_receipt_valid(case["key"], case["site"], case["id"], Receipt(*one["receipt"]))
    ]
    assert held == []


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


def test_the_suite_is_rfc_9180s() -> None:
    case = {name: bytes.fromhex(value) for name, value in SEALING["rfc 9180"].items()}
    private = ec.derive_private_key(int.from_bytes(case["private"], "big"), ec.SECP256R1())
    assert SUITE.decrypt(case["enc"] + case["ciphertext"], private, case["info"]) == case["plaintext"]
    assert base64url_encode(case["public"]) == SealingKey(private).public_key


def test_both_keys_open_what_was_sealed() -> None:
    submission = parse_submission(SEALING["submission"])
    for one in SEALING["keys"]:
        key = SealingKey.from_pem(one["pem"].encode())
        assert key.id == one["id"]
        opened = open_answers(key, submission)
        assert opened.answers == SEALING["answers"]
        assert open_attachment(opened, submission, 0, base64url_decode(SEALING["file"]["sealed"])) == base64url_decode(
            SEALING["file"]["data"]
        )


def test_no_other_key_opens_it_and_nothing_that_was_moved_or_changed_opens() -> None:
    submission = parse_submission(SEALING["submission"])
    key = SealingKey.from_pem(SEALING["keys"][0]["pem"].encode())
    with pytest.raises(Refused):
        open_answers(SealingKey.generate(), submission)
    value = json.loads(submission.text)
    for change in (
        {"version": digest("autre")},
        {"form": "autre"},
        {"site": "autre.ml"},
        {"files": [*value["files"], value["files"][0]]},
    ):
        with pytest.raises(NotProven):
            open_answers(key, parse_submission(canonical(value | change).decode()))
    broken = bytearray(base64url_decode(value["sealed"][key.id]))
    broken[-1] ^= 1
    with pytest.raises(NotProven):
        open_answers(
            key, parse_submission(canonical(value | {"sealed": {key.id: base64url_encode(bytes(broken))}}).decode())
        )


def test_the_length_of_sealed_answers_tells_little() -> None:
    key = SealingKey.generate()
    sizes = {
        len(base64url_decode(seal_answers([key.public_key], "s", "f", "v", {"a": "x" * n})[key.id]))
        for n in range(1, 200)
    }
    assert sizes == {PADDING_BLOCK + 81}


@pytest.mark.parametrize("text", BUNDLE["texts"], ids=["gzip", "plain", "CRLF", "byte-order mark", "indented"])
def test_a_bundle_gives_its_lines(text: str) -> None:
    found = read_bundle(text, BUNDLE["site"])
    assert found == [
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
    found = read_receipts(case["text"], BUNDLE["site"])
    assert {id: receipt.as_json() for id, receipt in found.items()} == case["lines"]
    assert all(is_receipt_valid(case["key"], BUNDLE["site"], id, receipt) for id, receipt in found.items())


def test_a_gzip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooLarge):
        unpack(gzip.compress(bytes(wire.MAX_UNPACKED_BYTES + 1)))
    with pytest.raises(BadRequest):
        unpack(gzip.compress(b"x" * 1000)[:-8])
    with pytest.raises(BadRequest):
        unpack(gzip.compress(b"x") + b"y")


def test_limits_hold_before_anything_is_parsed() -> None:
    with pytest.raises(TooLarge):
        read_lines(b"{}\n" * (wire.MAX_LINES + 1))
    with pytest.raises(TooLarge):
        read_lines(b"x" * (wire.MAX_LINE_BYTES + 1) + b"\n")
    with pytest.raises(BadRequest):
        read_lines(b'{"submission":"cut in the middle')


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "5",
        '{"submission":5}',
        '{"file":"x","at":0,"data":""}',
        '{"submission":"\\ud800"}',
        "[" * 2000,
        '{"a":NaN',
        "\x00",
    ],
)
def test_a_bad_line_is_judged_alone(line: str) -> None:
    found = read_lines(f'{line}\n{{"submission":"x"}}\n'.encode())
    assert isinstance(found[0], BadLine)
    assert found[1] == SubmissionLine("x", "")


def test_pieces_of_a_file() -> None:
    assert [Attachment("", size, "").pieces for size in (1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES)] == [
        1,
        1,
        2,
        3,
    ]
