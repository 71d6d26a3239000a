"""Message encryption for Web Push (RFC 8291, content coding aes128gcm of RFC 8188), one record.

The same bytes as pywebpush gives (a test compares them for a given key and salt). Written out because the fan-out lives on it: here it
costs little more than the bare cryptography, there nearly twice as much.
"""

from __future__ import annotations

import hmac
import os
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OVERHEAD = 86 + 1 + 16  # bytes: salt, record size, key id; the record's delimiter; the tag
_CURVE = ec.SECP256R1()
_ECDH = ec.ECDH()
_RECORD_SIZE = (4096).to_bytes(4, "big") + b"\x41"  # and the length of the key id, 65
_KEY_INFO = b"Content-Encoding: aes128gcm\0\x01"
_NONCE_INFO = b"Content-Encoding: nonce\0\x01"


class Receiver(NamedTuple):
    """A subscription's keys: its public key (65 bytes) and its authentication secret (16 bytes)."""

    public: bytes
    auth: bytes


def encrypt(payload: bytes, receiver: Receiver) -> bytes:
    """Raises ValueError for a public key that is no point of the curve."""
    return encrypt_with(payload, receiver, ec.generate_private_key(_CURVE), os.urandom(16))


def encrypt_with(payload: bytes, receiver: Receiver, private: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """With a given key and salt; both serve one message only."""
    own = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = private.exchange(_ECDH, ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, receiver.public))
    # HKDF with one block of output is one HMAC to extract and one to expand.
    secret = _hmac(_hmac(receiver.auth, shared), b"WebPush: info\0" + receiver.public + own + b"\x01")
    key = _hmac(salt, secret)
    sealed = AESGCM(_hmac(key, _KEY_INFO)[:16]).encrypt(_hmac(key, _NONCE_INFO)[:12], payload + b"\x02", None)
    return salt + _RECORD_SIZE + own + sealed


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
