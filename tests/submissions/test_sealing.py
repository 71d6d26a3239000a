"""Sealed answers and attachments: HPKE as RFC 9180 has it, and the vectors that the app reads too."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sync.canonical import base64url_decode, base64url_encode, canonical, digest
from sync.errors import NotProven, Refused
from sync.submissions.sealing import (
    PADDING_BLOCK,
    SUITE,
    SealingKey,
    open_answers,
    open_attachment,
    opens_unbound,
    parse_plaintext,
    seal_answers,
)
from sync.submissions.submission import parse_submission
from tests.support.vectors import read_vectors

SEALING = read_vectors("sealing")
KEYS = [SealingKey.from_pem(pair["pem"].encode()) for pair in SEALING["keys"]]
HEADER = {"site": "s", "form": "f", "version": "v"}


def test_the_suite_is_rfc_9180s() -> None:
    case = {name: bytes.fromhex(value) for name, value in SEALING["rfc 9180"].items()}
    private = ec.derive_private_key(int.from_bytes(case["private"], "big"), ec.SECP256R1())
    assert SUITE.decrypt(case["enc"] + case["ciphertext"], private, case["info"]) == case["plaintext"]
    assert base64url_encode(case["public"]) == SealingKey(private).public_key


@pytest.mark.parametrize("key", KEYS, ids=["the sealing key", "the recovery key"])
def test_both_keys_open_what_was_sealed(key: SealingKey) -> None:
    submission = parse_submission(SEALING["submission"])
    assert key.id in (submission.sealed or {})
    plaintext = open_answers(key, submission)
    assert plaintext.is_bound
    assert plaintext.answers == SEALING["answers"]
    assert open_attachment(plaintext, submission, 0, base64url_decode(SEALING["file"]["sealed"])) == base64url_decode(
        SEALING["file"]["data"]
    )


@pytest.mark.parametrize("copy", SEALING["copies"], ids=lambda copy: copy["why"])
def test_a_seal_copied_into_another_submission_does_not_open(copy: dict[str, str]) -> None:
    submission = parse_submission(copy["submission"])
    original = parse_submission(SEALING["submission"])
    assert submission.sealed == original.sealed and submission.id != original.id
    for key in KEYS:
        with pytest.raises(NotProven, match="seal-broken"):
            open_answers(key, submission)


def test_an_attachment_copied_into_another_submission_does_not_open() -> None:
    submission = parse_submission(SEALING["copied file"]["submission"])
    assert submission.files == parse_submission(SEALING["submission"]).files
    plaintext = open_answers(KEYS[0], submission)
    with pytest.raises(NotProven, match="seal-broken"):
        open_attachment(plaintext, submission, 0, base64url_decode(SEALING["file"]["sealed"]))


def test_a_seal_of_the_older_kind_opens_and_is_known_not_to_be_bound() -> None:
    unbound = SEALING["unbound"]
    for key in KEYS:
        for text in (unbound["submission"], unbound["copy"]):
            plaintext = open_answers(key, parse_submission(text))
            assert (plaintext.answers, plaintext.is_bound) == (SEALING["answers"], False)


def test_a_node_of_the_release_before_takes_the_bound_kind_as_nothing_tells_it_apart() -> None:
    bound, unbound = (json.loads(text) for text in (SEALING["submission"], SEALING["unbound"]["submission"]))
    assert bound.keys() == unbound.keys()
    for one in (bound, unbound):
        assert all(len(base64url_decode(seal)) == PADDING_BLOCK + 81 for seal in one["sealed"].values())
    assert bound["sealed"].keys() == unbound["sealed"].keys()
    assert bound["v"] == unbound["v"]


@pytest.mark.parametrize("case", SEALING["unbound opens"], ids=lambda case: f"{case['arrived']} {case['first']}")
def test_the_older_kind_opens_by_itself_only_before_the_first_of_the_new(case: dict[str, str | bool]) -> None:
    assert opens_unbound(str(case["arrived"]), str(case["first"])) is case["opens"]


def test_no_other_key_opens_it_and_nothing_that_was_changed_opens() -> None:
    submission = parse_submission(SEALING["submission"])
    with pytest.raises(Refused):
        open_answers(SealingKey.generate(), submission)
    value = json.loads(submission.text)
    broken = bytearray(base64url_decode(value["sealed"][KEYS[0].id]))
    broken[-1] ^= 1
    changed = value | {"sealed": {KEYS[0].id: base64url_encode(bytes(broken))}}
    with pytest.raises(NotProven):
        open_answers(KEYS[0], parse_submission(canonical(changed).decode()))


@pytest.mark.parametrize("case", SEALING["plaintexts"]["refused"], ids=lambda case: case["why"])
def test_a_plaintext_of_another_form_is_refused(case: dict[str, str | int]) -> None:
    with pytest.raises(NotProven):
        parse_plaintext(str(case["text"]).encode(), int(case["files"]), is_bound=True)


def test_a_plaintext_is_read_without_its_padding() -> None:
    for case in SEALING["plaintexts"]["good"]:
        plaintext = parse_plaintext(case["text"].encode(), case["files"], is_bound=True)
        assert plaintext.answers == json.loads(case["text"])["answers"] and len(plaintext.keys) == case["files"]


def test_the_length_of_sealed_answers_tells_little() -> None:
    key = SealingKey.generate()
    sizes = {
        len(base64url_decode(seal_answers([key.public_key], HEADER, {"a": "x" * n})[key.id])) for n in range(1, 200)
    }
    assert sizes == {PADDING_BLOCK + 81}


def test_the_digest_in_the_binding_is_of_the_submission_without_its_seals() -> None:
    value = json.loads(SEALING["submission"])
    del value["sealed"]
    assert digest(canonical(value)) == SEALING["header"]
    assert all(json.loads(info)[-1] == SEALING["header"] for info in SEALING["info"])
