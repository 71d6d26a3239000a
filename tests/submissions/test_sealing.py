"""Sealed answers and attachments: HPKE as RFC 9180 has it, and the vectors that the app reads too."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sync.canonical import base64url_decode, base64url_encode, canonical, digest
from sync.errors import NotProven, Refused
from sync.submissions.sealing import PADDING_BLOCK, SUITE, SealingKey, open_answers, open_attachment, seal_answers
from sync.submissions.submission import parse_submission
from tests.support.vectors import read_vectors

SEALING = read_vectors("sealing")


def test_the_suite_is_rfc_9180s() -> None:
    case = {name: bytes.fromhex(value) for name, value in SEALING["rfc 9180"].items()}
    private = ec.derive_private_key(int.from_bytes(case["private"], "big"), ec.SECP256R1())
    assert SUITE.decrypt(case["enc"] + case["ciphertext"], private, case["info"]) == case["plaintext"]
    assert base64url_encode(case["public"]) == SealingKey(private).public_key


def test_both_keys_open_what_was_sealed() -> None:
    submission = parse_submission(SEALING["submission"])
    for pair in SEALING["keys"]:
        key = SealingKey.from_pem(pair["pem"].encode())
        assert key.id == pair["id"]
        plaintext = open_answers(key, submission)
        assert plaintext.answers == SEALING["answers"]
        assert open_attachment(
            plaintext, submission, 0, base64url_decode(SEALING["file"]["sealed"])
        ) == base64url_decode(SEALING["file"]["data"])


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
