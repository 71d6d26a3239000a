"""Message encryption beside the code of others: the same bytes for the same key and salt, and opened by it."""

from __future__ import annotations

import os

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from server.push.encryption import OVERHEAD, Receiver, encrypt, encrypt_with
from sync.alerts.push_payload import LIMIT

PHONE = ec.generate_private_key(ec.SECP256R1())
PUBLIC = PHONE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@given(st.binary(min_size=1, max_size=LIMIT), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_it_gives_the_bytes_that_pywebpush_gives(payload: bytes, auth: bytes, salt: bytes) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    theirs = http_ece.encrypt(payload, salt=salt, private_key=key, dh=PUBLIC, auth_secret=auth, version="aes128gcm")
    assert encrypt_with(payload, Receiver(PUBLIC, auth), key, salt) == theirs


def test_the_longest_payload_fits_what_services_take() -> None:
    auth = os.urandom(16)
    body = encrypt(b"x" * LIMIT, Receiver(PUBLIC, auth))
    assert len(body) == LIMIT + OVERHEAD == 4096
    assert http_ece.decrypt(body, private_key=PHONE, auth_secret=auth, version="aes128gcm") == b"x" * LIMIT


def test_every_message_has_its_own_key_and_salt() -> None:
    bodies = [encrypt(b"x", Receiver(PUBLIC, b"a" * 16)) for _ in range(20)]
    assert len({body[:16] for body in bodies}) == len({body[21:86] for body in bodies}) == 20
