"""Signatures: ECDSA P-256, r‖s, base64url (PROTOCOL.md, section 1)."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from sync.canonical import base64url_decode, base64url_encode, digest
from sync.errors import Refused

_ALGORITHM = ec.ECDSA(hashes.SHA256())


class Signer:
    """Signs with a private key. `public_key`: the uncompressed point in base64url."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key = base64url_encode(
            key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        )

    @classmethod
    def generate(cls) -> Signer:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> Signer:
        """Raises Refused unless `pem` is an unencrypted P-256 private key."""
        return cls(load_private_key(pem))

    def pem(self) -> bytes:
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, message: bytes) -> str:
        r, s = decode_dss_signature(self._key.sign(message, _ALGORITHM))
        return base64url_encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def load_private_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Load a private key. Raises Refused unless `pem` is an unencrypted P-256 private key."""
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise Refused("key-unreadable", "Ce fichier n’est pas une clé privée lisible.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused("key-wrong-kind", "Cette clé n’est pas une clé P-256.")
    return key


def key_digest(public_key: str) -> str:
    """The digest by which a statement commits to the next key."""
    return digest(base64url_decode(public_key))


@lru_cache(maxsize=1000)
def _load_public_key(public_key: str) -> ec.EllipticCurvePublicKey:
    """Raises ValueError unless this is an uncompressed point. Cached: loading a key costs half a verification."""
    raw = base64url_decode(public_key)
    if len(raw) != 65:
        raise ValueError("not an uncompressed point")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def verify_signature(public_key: str, message: bytes, signature: str) -> bool:
    """True if the signature is valid for key and message; False also for malformed input."""
    try:
        raw = base64url_decode(signature)
        key = _load_public_key(public_key)
        if len(raw) != 64:
            return False
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(der, message, _ALGORITHM)
    except (ValueError, InvalidSignature):
        return False
    return True
