"""Signing keys: made once, outside the store; only the committed key can follow."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from server.keys.keyring import open_keyring, rotate
from sync.editions.signing import Signer, key_digest
from sync.errors import Refused


def test_keys_are_made_on_first_start_for_their_owner_alone(tmp_path: Path) -> None:
    ring = open_keyring(tmp_path / "keys", create=True)
    assert ring and ring.is_new and ring.next_file
    for file in (tmp_path / "keys", *(tmp_path / "keys").iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    again = open_keyring(tmp_path / "keys", create=True)
    assert again and not again.is_new and again.keys.signer.public_key == ring.keys.signer.public_key


def test_a_node_without_keys_does_not_publish(tmp_path: Path) -> None:
    assert open_keyring(tmp_path / "keys", create=False) is None


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    open_keyring(tmp_path / "keys", create=True)
    (tmp_path / "keys" / "edition-1.pem").chmod(0o644)
    with pytest.raises(Refused, match="key-readable-by-others"):
        open_keyring(tmp_path / "keys", create=False)


def test_a_broken_key_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    open_keyring(tmp_path / "keys", create=True)
    (tmp_path / "keys" / "edition-1.pem").write_text("rien")
    with pytest.raises(Refused, match="key-unreadable"):
        open_keyring(tmp_path / "keys", create=False)


def test_the_committed_key_begins_the_next_epoch(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    ring = open_keyring(folder, create=True)
    assert ring and ring.next_file
    offline = ring.next_file.read_bytes()
    ring.next_file.unlink()
    after = rotate(folder, offline)
    assert after.keys.epoch == 2
    assert key_digest(after.keys.signer.public_key) == ring.keys.next_key_digest
    assert after.keys.next_key_digest != ring.keys.next_key_digest


def test_another_key_cannot_follow(tmp_path: Path) -> None:
    open_keyring(tmp_path / "keys", create=True)
    with pytest.raises(Refused, match="key-not-committed"):
        rotate(tmp_path / "keys", Signer.generate().pem())
    ring = open_keyring(tmp_path / "keys", create=False)
    assert ring and ring.keys.epoch == 1
