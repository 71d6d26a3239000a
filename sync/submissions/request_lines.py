"""The body of an inbox request: lines read within their limits before anything is parsed (PROTOCOL.md, section 11)."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from typing import TypeAlias

from sync.canonical import base64url_decode
from sync.errors import BadRequest, Refused, TooLarge
from sync.submissions.submission import LARGEST_FILE, PIECE, malformed

LARGEST_SENT = 1024 * 1024  # bytes as sent
LARGEST_BODY = 4 * 1024 * 1024  # bytes unpacked
LONGEST_LINE = 512 * 1024  # bytes: a submission of 256 kB whose every sign is escaped
MOST_LINES = 100
GZIP = b"\x1f\x8b"

_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_PIECES = -(-LARGEST_FILE // PIECE)


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    text: str
    signature: str


@dataclass(frozen=True, slots=True)
class Piece:
    file: str
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is neither; it gets its own verdict, its neighbours are not held back."""

    error: Refused


Line: TypeAlias = SubmissionLine | Piece | BadLine


def too_large() -> TooLarge:
    return TooLarge("inbox-too-large", "C’est trop en une fois.", "Envoyez en plusieurs fois.")


def unpacked(body: bytes, limit: int = LARGEST_BODY) -> bytes:
    """The body without its gzip, if it has one. Raises TooLarge before more than `limit` bytes are made, BadRequest when it is cut."""
    if not body.startswith(GZIP):
        if len(body) > limit:
            raise too_large()
        return body
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = reader.decompress(body, limit)
    except zlib.error as error:
        raise BadRequest("inbox-gzip", "Cet envoi est abîmé.", "Envoyez-le de nouveau.") from error
    if reader.unconsumed_tail:
        raise too_large()
    if not reader.eof or reader.unused_data:
        raise BadRequest("inbox-gzip", "Cet envoi est abîmé.", "Envoyez-le de nouveau.")
    return data


def read_lines(body: bytes, most: int = MOST_LINES) -> list[Line]:
    """The lines of an unpacked body. Raises BadRequest when the body as a whole is no inbox request."""
    if not body.endswith(b"\n"):
        raise BadRequest("inbox-malformed", "Cet envoi n’est pas entier.", "Envoyez-le de nouveau.")
    if body.count(b"\n") > most:
        raise too_large()
    parts = body.split(b"\n")[:-1]
    if any(len(part) > LONGEST_LINE for part in parts):
        raise too_large()
    return [_line(part) for part in parts]


def _line(raw: bytes) -> Line:
    try:
        value = json.loads(raw)
        if not isinstance(value, dict):
            raise ValueError("no object")
        if isinstance(text := value.get("submission"), str):
            text.encode()
            signature = value.get("signature", "")
            return SubmissionLine(text, signature if isinstance(signature, str) else "")
        file, at, data = value["file"], value["at"], value["data"]
        if not (isinstance(file, str) and _DIGEST.fullmatch(file) and type(at) is int and 0 <= at < _MOST_PIECES):
            raise ValueError("no piece")
        return Piece(file, at, base64url_decode(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return BadLine(malformed())
