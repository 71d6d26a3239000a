"""The file of a sealing key, plain or behind a passphrase."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from server.keys.sealing_key_file import read_pem
from sync.errors import Refused
from sync.submissions.sealing import SealingKey


def test_a_locked_key_file_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    pem = SealingKey.generate().pem()
    plain, locked = tmp_path / "clé.pem", tmp_path / "clé.age"
    plain.write_bytes(pem)
    locked.write_bytes(pyrage.passphrase.encrypt(pem, "lune rouge", armored=True))
    assert read_pem(plain, lambda: pytest.fail("nothing to ask")) == pem
    assert read_pem(locked, lambda: "lune rouge") == pem
    with pytest.raises(Refused) as caught:
        read_pem(locked, lambda: "lune bleue")
    assert caught.value.code == "key-passphrase"
