"""A submission: the exact bytes of a filled form, their digest, the device's signature (PROTOCOL.md, section 9)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.canonical import base64url_decode, canonical, digest
from sync.documents.text_types import SLUG
from sync.editions.signing import verify_signature
from sync.errors import Refused
from sync.forms.conversions import day_of
from sync.json_text import parse_json

MAX_SUBMISSION_BYTES = 256 * 1024
MAX_ATTACHMENT_BYTES = 4 * 1024 * 1024
MAX_ATTACHMENTS = 20
PIECE_BYTES = 49_152  # of an attachment in one line: 65,536 characters of base64

_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")
_SITE = re.compile(r"[a-z0-9.-]{1,64}")
_LANG = re.compile(r"[a-z]{2,3}")
_PLACE = re.compile(r"(?:[A-Z]{2}(?:-[A-Z0-9-]{1,16})?)?")
_SLUG = re.compile(SLUG)
_TYPE = re.compile(r"(?:[a-z]{1,20}/[a-z0-9.+-]{1,40}(?:;codecs=[a-z0-9]{1,10})?)?")
_REQUIRED_KEYS = {"v", "nonce", "site", "form", "version", "day", "lang", "place", "answer"}
_IGNORED_IN_CODES = re.compile("[- \t\r\n\u00a0\u202f]")
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Attachment:
    digest: str
    bytes: int
    type: str

    @property
    def pieces(self) -> int:
        return max(1, -(-self.bytes // PIECE_BYTES))


@dataclass(frozen=True, slots=True)
class Submission:
    """A parsed submission. Either `answers` or `sealed` is None. `device` "": a public report."""

    text: str
    id: str
    site: str
    form: str
    version: str
    day: str
    lang: str
    place: str
    answer: str
    device: str
    files: tuple[Attachment, ...]
    answers: Mapping[str, Any] | None
    sealed: Mapping[str, str] | None

    @property
    def code(self) -> str:
        return receipt_code(self.id)

    def is_signed_by(self, key: str, signature: str) -> bool:
        return verify_signature(key, signed_bytes(self.site, self.id), signature)


def malformed_submission() -> Refused:
    return Refused("submission-malformed", "Cet envoi n’a pas la bonne forme.", "Mettez l’application à jour.")


def parse_submission(text: str) -> Submission:
    """Parse a submission. Raises Refused unless the text is its canonical JSON."""
    raw = text.encode("utf-8", "replace")
    if len(raw) > MAX_SUBMISSION_BYTES:
        raise Refused("submission-too-large", "Cet envoi est trop grand.", "Enlevez des lignes, puis recommencez.")
    value: Any = None
    try:
        value = parse_json(text)
        is_canonical = isinstance(value, dict) and canonical(value) == raw
    except ValueError:
        is_canonical = False
    if not is_canonical:
        raise malformed_submission()
    return _parse_value(text, digest(raw), value)


def _parse_value(text: str, id: str, value: dict[str, Any]) -> Submission:
    """Raises Refused unless every key of the object is well formed."""
    keys = value.keys() - {"answers", "sealed", "files", "device"}
    patterns = {
        "nonce": _NONCE,
        "site": _SITE,
        "form": _SLUG,
        "version": _DIGEST,
        "lang": _LANG,
        "place": _PLACE,
        "answer": _DIGEST,
    }
    is_valid = (
        keys == _REQUIRED_KEYS
        and type(value["v"]) is int
        and ("answers" in value) != ("sealed" in value)
        and all(isinstance(value[key], str) and pattern.fullmatch(value[key]) for key, pattern in patterns.items())
        and isinstance(value["day"], str)
        and len(value["day"]) == 10
        and day_of(value["day"]) is not None
        and ("device" not in value or _matches(value["device"], _DIGEST))
        and ("sealed" not in value or _is_sealed(value["sealed"]))
    )
    if not is_valid:
        raise malformed_submission()
    if value["v"] != 1:
        raise Refused(
            "version-unknown", "Cet envoi vient d’une application plus récente que ce site.", "Réessayez plus tard."
        )
    if "files" in value:
        _check_attachments(value["files"], "sealed" in value)
    return _build_submission(text, id, value)


def parse_checked(text: str, id: str) -> Submission:
    """Parse a text that `parse_submission` has accepted before; `id`: its digest."""
    return _build_submission(text, id, parse_json(text))


def _build_submission(text: str, id: str, value: Mapping[str, Any]) -> Submission:
    return Submission(
        text,
        id,
        value["site"],
        value["form"],
        value["version"],
        value["day"],
        value["lang"],
        value["place"],
        value["answer"],
        value.get("device", ""),
        tuple(Attachment(*file) for file in value.get("files", ())),
        value.get("answers"),
        value.get("sealed"),
    )


def _matches(value: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_sealed(value: Any) -> bool:
    if not isinstance(value, dict) or not 1 <= len(value) <= 2:
        return False
    try:
        return all(
            _DIGEST.fullmatch(key) and len(base64url_decode(part)) >= 65 + 16 + 256 for key, part in value.items()
        )
    except (ValueError, TypeError):
        return False


def _check_attachments(value: Any, sealed: bool) -> None:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_ATTACHMENTS:
        raise malformed_submission()
    for item in value:
        is_valid = (
            isinstance(item, list)
            and len(item) == 3
            and _matches(item[0], _DIGEST)
            and type(item[1]) is int
            and 1 <= item[1] <= MAX_ATTACHMENT_BYTES
            and _matches(item[2], _TYPE)
            and sealed == (item[2] == "")
        )
        if not is_valid:
            raise malformed_submission()


def signed_bytes(site: str, id: str) -> bytes:
    """The bytes that a device signs."""
    return canonical(["kunnafoni-submission/1", site, id])


def receipt_code(id: str) -> str:
    """The code of a submission for people: 40 bits of its id in base 32."""
    number = int.from_bytes(base64url_decode(id)[:5], "big")
    characters = "".join(_BASE32[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{characters[:4]}-{characters[4:]}"


def normalize_code(typed_code: str, length: int) -> str:
    """A typed code in capitals without hyphens or spaces; "" if it is not a code of this length."""
    code = _IGNORED_IN_CODES.sub("", typed_code).upper().translate(str.maketrans("OIL", "011"))
    return code if len(code) == length and all(character in _BASE32 for character in code) else ""


def make_code(random: bytes, length: int) -> str:
    """A code from random bytes, five bits of each."""
    return "".join(_BASE32[byte & 31] for byte in random[:length])
