"""References for the fan-out: the bare cryptography of a sender, and pywebpush's own loop."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import pywebpush
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.canonical import base64url_encode

CONTACT = "mailto:alertes@exemple.ml"
PAYLOAD = "L’eau monte vite : montez vers les hauteurs. " * 18  # about 900 bytes: a common alert with its signature
_CURVE = ec.SECP256R1()


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def bare_cryptography(count: int) -> float:
    """Messages a second of RFC 8291 by the primitives of `cryptography`: a fresh key, ECDH, HKDF, AES-GCM. Nothing is
    kept or sent.
    """
    receiver, auth, text = public_bytes(ec.generate_private_key(_CURVE)), os.urandom(16), PAYLOAD.encode() + b"\x02"
    began = time.perf_counter()
    for _ in range(count):
        seal(receiver, auth, text)
    return count / (time.perf_counter() - began)


def seal(receiver: bytes, auth: bytes, record: bytes) -> tuple[bytes, bytes, bytes]:
    """Salt, the fresh public key, the sealed record."""
    fresh, salt = ec.generate_private_key(_CURVE), os.urandom(16)
    own = public_bytes(fresh)
    shared = fresh.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, receiver))
    secret = HKDF(hashes.SHA256(), 32, auth, b"WebPush: info\0" + receiver + own).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    return salt, own, AESGCM(key).encrypt(nonce, record, None)


def pywebpush_loop(phone: Mapping[str, Any], count: int) -> float:
    """Messages a second of `webpush()`, one after the other, as its documentation shows; `phone`: the body of a
    subscription's record.
    """
    info = {"endpoint": phone["endpoint"], "keys": {"p256dh": phone["public"], "auth": phone["auth"]}}
    signer = ec.generate_private_key(_CURVE)
    private = base64url_encode(signer.private_numbers().private_value.to_bytes(32, "big"))
    began = time.perf_counter()
    for _ in range(count):
        pywebpush.webpush(info, PAYLOAD, vapid_private_key=private, vapid_claims={"sub": CONTACT}, ttl=3600)
    return count / (time.perf_counter() - began)
