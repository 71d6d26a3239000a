"""Files behind a passphrase: every age program and every machine opens them, and each failure has its own cause."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.keys import age_passphrase
from server.keys.age_passphrase import LOG_COST, decrypt_with_passphrase, encrypt_with_passphrase
from sync.errors import KunnafoniError

PHRASE = "cinq mots sans aucun rapport"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age_passphrase, "LOG_COST", 4)


def code_of(file: bytes, phrase: str = PHRASE) -> str:
    with pytest.raises(KunnafoniError) as refused:
        decrypt_with_passphrase(file, phrase)
    return refused.value.code


@pytest.mark.parametrize("size", [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_000])
def test_another_age_program_opens_what_is_written(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    file = encrypt_with_passphrase(data[:size], PHRASE)
    assert pyrage.passphrase.decrypt(file, PHRASE) == data[:size]
    assert decrypt_with_passphrase(file, PHRASE) == data[:size]


def test_what_another_age_program_wrote_is_read_whatever_its_cost() -> None:
    file = pyrage.passphrase.encrypt(b"clef", PHRASE, armored=True)
    assert decrypt_with_passphrase(file, PHRASE) == b"clef"


def test_the_cost_is_the_same_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age_passphrase, "LOG_COST", LOG_COST)
    asked: list[int] = []
    real = hashlib.scrypt

    def scrypt(*arguments: Any, **options: Any) -> bytes:
        asked.append(options["n"] * options["r"] * 128)
        return real(*arguments, **options)

    monkeypatch.setattr(hashlib, "scrypt", scrypt)
    assert decrypt_with_passphrase(encrypt_with_passphrase(b"clef", PHRASE), PHRASE) == b"clef"
    assert asked == [64 * 1024 * 1024] * 2
    assert LOG_COST == 16


def test_a_wrong_passphrase_a_costly_file_and_damage_are_told_apart() -> None:
    file = encrypt_with_passphrase(b"clef" * 40_000, PHRASE)
    assert code_of(file, "une autre phrase") == "passphrase-wrong"
    assert code_of(re.sub(rb" 4\n", b" 21\n", file, count=1)) == "passphrase-costly"
    assert code_of(file[:-1]) == "file-damaged"
    assert code_of(file[: 64 * 1024 + 200]) == "file-damaged"
    assert code_of(b"") == "file-damaged"
    assert code_of(b"-----BEGIN AGE ENCRYPTED FILE-----\nxx") == "file-damaged"


def test_a_machine_without_the_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    file = encrypt_with_passphrase(b"clef", PHRASE)

    def refuse(*_: Any, **__: Any) -> bytes:
        raise ValueError("memory limit exceeded")

    monkeypatch.setattr(hashlib, "scrypt", refuse)
    assert code_of(file) == "passphrase-costly"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400), st.integers(1, 255))
def test_no_changed_byte_passes(at: int, change: int) -> None:
    file = bytearray(encrypt_with_passphrase(b"clef" * 60, PHRASE))
    file[at % len(file)] ^= change
    assert code_of(bytes(file)) in ("passphrase-wrong", "passphrase-costly", "file-damaged")
