"""Sealing to keys of which no server has the private half (PROTOCOL.md, section 10).

HPKE for answers, AES-GCM for attachments. Phones seal; here sealing is used by test submissions and tests. Submissions
are opened by the operator who has the private key, on the command line or in a page of the console.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from sync.canonical import base64url_decode, base64url_encode, canonical
from sync.editions.signing import key_digest, load_private_key
from sync.errors import NotProven, Refused
from sync.json_text import parse_json
from sync.submissions.submission import Submission

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
PADDING_BLOCK = 256  # bytes: sealed answers are padded to hide their length
_ZERO_IV = bytes(12)


@dataclass(frozen=True, slots=True)
class SealPlaintext:
    """The decrypted content: the answers, and for each attachment its key and media type."""

    answers: Mapping[str, Any]
    keys: tuple[bytes, ...]
    types: tuple[str, ...]


class SealingKey:
    """A private key for opening. `public_key`: its point in base64url; `id`: its digest, named in submissions."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key = base64url_encode(
            key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        )
        self.id = key_digest(self.public_key)

    @classmethod
    def generate(cls) -> SealingKey:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> SealingKey:
        """Raises Refused unless `pem` is an unencrypted P-256 private key."""
        return cls(load_private_key(pem))

    def pem(self) -> bytes:
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def decrypt(self, sealed: bytes, info: bytes) -> bytes:
        return SUITE.decrypt(sealed, self._key, info)


def seal_info(site: str, key_id: str, form: str, version: str, part: str, index: int, count: int) -> bytes:
    return canonical(["kunnafoni-seal/1", site, key_id, form, version, part, index, count])


def seal_answers(
    public_keys: Sequence[str],
    site: str,
    form: str,
    version: str,
    answers: Any,
    keys: Sequence[bytes] = (),
    types: Sequence[str] = (),
) -> dict[str, str]:
    """The value of `sealed`: the same plaintext encrypted to each public key, by key id."""
    plaintext = canonical({"answers": answers, "keys": [base64url_encode(key) for key in keys], "types": list(types)})
    plaintext += b" " * (-len(plaintext) % PADDING_BLOCK)
    sealed = {}
    for public_key in public_keys:
        key_id = key_digest(public_key)
        info = seal_info(site, key_id, form, version, "answers", 0, 1 + len(keys))
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url_decode(public_key))
        sealed[key_id] = base64url_encode(SUITE.encrypt(plaintext, point, info))
    return sealed


def open_answers(key: SealingKey, submission: Submission) -> SealPlaintext:
    """Decrypt the answers. Raises Refused if they are not sealed to this key, NotProven if decryption fails."""
    sealed = (submission.sealed or {}).get(key.id)
    if sealed is None:
        raise Refused(
            "key-other",
            "Cet envoi n’est pas scellé pour cette clé.",
            "Prenez la clé de ce moment-là, ou la clé de secours.",
        )
    count = 1 + len(submission.files)
    info = seal_info(submission.site, key.id, submission.form, submission.version, "answers", 0, count)
    try:
        value = parse_json(key.decrypt(base64url_decode(sealed), info))
        plaintext = SealPlaintext(
            value["answers"], tuple(map(base64url_decode, value["keys"])), tuple(map(str, value["types"]))
        )
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise NotProven(
            "seal-broken",
            "Ce qui est scellé ici ne s’ouvre pas.",
            "Quelqu’un l’a changé, ou la clé n’est pas la bonne.",
        ) from error
    if not len(plaintext.keys) == len(plaintext.types) == len(submission.files):
        raise NotProven(
            "seal-broken",
            "Ce qui est scellé ici ne s’ouvre pas.",
            "Quelqu’un l’a changé, ou la clé n’est pas la bonne.",
        )
    return plaintext


def seal_attachment(key: bytes, data: bytes, site: str, form: str, version: str, index: int, count: int) -> bytes:
    """Encrypt an attachment. `key`: 32 random bytes, never reused; `count`: number of attachments plus one."""
    return AESGCM(key).encrypt(_ZERO_IV, data, seal_info(site, "", form, version, "file", index, count))


def open_attachment(plaintext: SealPlaintext, submission: Submission, index: int, data: bytes) -> bytes:
    info = seal_info(submission.site, "", submission.form, submission.version, "file", index, 1 + len(submission.files))
    try:
        return AESGCM(plaintext.keys[index]).decrypt(_ZERO_IV, data, info)
    except (InvalidTag, ValueError) as error:
        raise NotProven(
            "seal-broken",
            "Ce qui est scellé ici ne s’ouvre pas.",
            "Quelqu’un l’a changé, ou la clé n’est pas la bonne.",
        ) from error
