"""Sealing to keys of which no server has the private half (PROTOCOL.md, section 10).

HPKE for answers, AES-GCM for attachments. Phones seal; here sealing is used by test submissions and tests. Submissions
are opened by the operator who has the private key, on the command line or in a page of the console.

A seal of kind 2 opens only in the submission that it was made for. A seal of kind 1, which apps of release 0.1.0 make,
opens in any submission of the same form: a carrier may have copied it into a submission of its own.
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

from sync.canonical import base64url_decode, base64url_encode, canonical, digest
from sync.editions.signing import key_digest, load_private_key
from sync.errors import NotProven, Refused
from sync.json_text import parse_json
from sync.submissions.submission import Submission

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
PADDING_BLOCK = 256  # bytes: sealed answers are padded to hide their length
BOUND_TAG = "kunnafoni-seal/2"
UNBOUND_TAG = "kunnafoni-seal/1"
_ZERO_IV = bytes(12)


@dataclass(frozen=True, slots=True)
class SealPlaintext:
    """The decrypted content: the answers, and for each attachment its key and media type.

    `is_bound`: False if the seal does not prove that it was made for the submission it arrived in.
    """

    answers: Mapping[str, Any]
    keys: tuple[bytes, ...]
    types: tuple[str, ...]
    is_bound: bool


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


def bound_info(key_id: str, value: Mapping[str, Any]) -> bytes:
    """HPKE's `info` of kind 2. `value`: the submission's JSON; all of it but `sealed` is bound."""
    header = {name: item for name, item in value.items() if name != "sealed"}
    return canonical([*_answers_context(BOUND_TAG, key_id, value), digest(canonical(header))])


def unbound_info(key_id: str, value: Mapping[str, Any]) -> bytes:
    """HPKE's `info` of kind 1, which phones no longer write."""
    return canonical(_answers_context(UNBOUND_TAG, key_id, value))


def attachment_info(site: str, form: str, version: str, index: int, count: int) -> bytes:
    """The additional data of an attachment, the same for both kinds: its key stands in the sealed plaintext alone."""
    return canonical([UNBOUND_TAG, site, "", form, version, "file", index, count])


def seal_answers(
    public_keys: Sequence[str],
    header: Mapping[str, Any],
    answers: Any,
    keys: Sequence[bytes] = (),
    types: Sequence[str] = (),
) -> dict[str, str]:
    """The value of `sealed`: the same plaintext encrypted to each public key, by key id.

    `header`: all other keys of the submission, `files` included; none of them may change afterwards.
    """
    plaintext = canonical({"answers": answers, "keys": [base64url_encode(key) for key in keys], "types": list(types)})
    plaintext += b" " * (-len(plaintext) % PADDING_BLOCK)
    sealed = {}
    for public_key in public_keys:
        key_id = key_digest(public_key)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url_decode(public_key))
        sealed[key_id] = base64url_encode(SUITE.encrypt(plaintext, point, bound_info(key_id, header)))
    return sealed


def open_answers(key: SealingKey, submission: Submission) -> SealPlaintext:
    """Decrypt the answers. Raises Refused if they are not sealed to this key, NotProven if decryption fails.

    Nothing in a submission names the kind of its seal, since a node of release 0.1.0 refuses any other key: kind 2 is
    tried first.
    """
    sealed = (submission.sealed or {}).get(key.id)
    if sealed is None:
        raise Refused(
            "key-other",
            "Cet envoi n’est pas scellé pour cette clé.",
            "Prenez la clé de ce moment-là, ou la clé de secours.",
        )
    value = parse_json(submission.text)
    raw = base64url_decode(sealed)
    plaintext = _decrypt(key, raw, bound_info(key.id, value))
    is_bound = plaintext is not None
    if plaintext is None:
        plaintext = _decrypt(key, raw, unbound_info(key.id, value))
    if plaintext is None:
        raise _seal_broken()
    return parse_plaintext(plaintext, len(submission.files), is_bound=is_bound)


def opens_unbound(arrived_on: str, first_bound_on: str) -> bool:
    """True if a seal of kind 1 may be opened without being asked for.

    `arrived_on`: the day on which headquarters itself received the submission, "" if unknown. `first_bound_on`: that
    day of the form's first submission of kind 2, "" before it.
    """
    return not first_bound_on or "" < arrived_on < first_bound_on


def _answers_context(tag: str, key_id: str, value: Mapping[str, Any]) -> list[Any]:
    count = 1 + len(value.get("files", ()))
    return [tag, value["site"], key_id, value["form"], value["version"], "answers", 0, count]


def _decrypt(key: SealingKey, sealed: bytes, info: bytes) -> bytes | None:
    try:
        return key.decrypt(sealed, info)
    except (InvalidTag, ValueError):
        return None


def parse_plaintext(plaintext: bytes, file_count: int, *, is_bound: bool) -> SealPlaintext:
    """Parse what was sealed. Raises NotProven unless it has the form of section 10, with a key for each attachment."""
    try:
        value = parse_json(plaintext.rstrip(b" "))
        answers, keys, types = value["answers"], value["keys"], value["types"]
        is_valid = (
            value.keys() == {"answers", "keys", "types"}
            and canonical(value) == plaintext.rstrip(b" ")
            and isinstance(keys, list)
            and isinstance(types, list)
            and len(keys) == len(types) == file_count
            and all(isinstance(media_type, str) for media_type in types)
        )
        if is_valid:
            return SealPlaintext(answers, tuple(map(base64url_decode, keys)), tuple(types), is_bound)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _seal_broken() from error
    raise _seal_broken()


def seal_attachment(key: bytes, data: bytes, site: str, form: str, version: str, index: int, count: int) -> bytes:
    """Encrypt an attachment. `key`: 32 random bytes, never reused; `count`: number of attachments plus one."""
    return AESGCM(key).encrypt(_ZERO_IV, data, attachment_info(site, form, version, index, count))


def open_attachment(plaintext: SealPlaintext, submission: Submission, index: int, data: bytes) -> bytes:
    info = attachment_info(submission.site, submission.form, submission.version, index, 1 + len(submission.files))
    try:
        return AESGCM(plaintext.keys[index]).decrypt(_ZERO_IV, data, info)
    except (InvalidTag, ValueError) as error:
        raise _seal_broken() from error


def _seal_broken() -> NotProven:
    return NotProven(
        "seal-broken", "Ce qui est scellé ici ne s’ouvre pas.", "Quelqu’un l’a changé, ou la clé n’est pas la bonne."
    )
