"""The body of an inbox request: unpacked and split into lines within limits, then parsed (PROTOCOL.md, section 11)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sync.canonical import base64url_decode
from sync.errors import BadRequest, Refused, TooLarge
from sync.json_text import parse_json
from sync.submissions.submission import MAX_ATTACHMENT_BYTES, PIECE_BYTES, malformed_submission

MAX_SENT_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 4 * 1024 * 1024
MAX_LINE_BYTES = 512 * 1024  # a submission of 256 kB in which every character is escaped
MAX_LINES = 100
GZIP_MAGIC = b"\x1f\x8b"

_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_MAX_PIECES = -(-MAX_ATTACHMENT_BYTES // PIECE_BYTES)


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """`work`: the proof of work as sent, not verified; None without one."""

    text: str
    signature: str
    work: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PieceLine:
    file: str
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class BadLine:
    """A malformed line; it gets its own verdict and does not block the others."""

    error: Refused


RequestLine: TypeAlias = SubmissionLine | PieceLine | BadLine


def submission_line(text: Any, signature: Any, work: Any = None) -> SubmissionLine:
    """The line of a text and its signature, of a request or of a record. Raises Refused unless the text is Unicode."""
    try:
        text.encode()
    except (AttributeError, UnicodeEncodeError) as error:
        raise malformed_submission() from error
    return SubmissionLine(
        text, signature if isinstance(signature, str) else "", work if isinstance(work, dict) else None
    )


def request_too_large() -> TooLarge:
    return TooLarge("inbox-too-large", "C’est trop en une fois.", "Envoyez en plusieurs fois.")


def unpack(body: bytes, limit: int = MAX_UNPACKED_BYTES) -> bytes:
    """Decompress a gzip body; other bodies are returned unchanged.

    Raises TooLarge before producing more than `limit` bytes, BadRequest if the data is damaged or truncated.
    """
    if not body.startswith(GZIP_MAGIC):
        if len(body) > limit:
            raise request_too_large()
        return body
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = decompressor.decompress(body, limit)
    except zlib.error as error:
        raise BadRequest("inbox-gzip", "Cet envoi est abîmé.", "Envoyez-le de nouveau.") from error
    if decompressor.unconsumed_tail:
        raise request_too_large()
    if not decompressor.eof or decompressor.unused_data:
        raise BadRequest("inbox-gzip", "Cet envoi est abîmé.", "Envoyez-le de nouveau.")
    return data


def read_lines(body: bytes, max_lines: int = MAX_LINES) -> list[RequestLine]:
    """Parse the lines of an unpacked body. Raises BadRequest if it is truncated, TooLarge above a limit."""
    if not body.endswith(b"\n"):
        raise BadRequest("inbox-malformed", "Cet envoi n’est pas entier.", "Envoyez-le de nouveau.")
    if body.count(b"\n") > max_lines:
        raise request_too_large()
    parts = body.split(b"\n")[:-1]
    if any(len(part) > MAX_LINE_BYTES for part in parts):
        raise request_too_large()
    return [_parse_line(part) for part in parts]


def _parse_line(raw: bytes) -> RequestLine:
    try:
        value = parse_json(raw)
        if not isinstance(value, dict):
            raise ValueError("no object")
        if isinstance(text := value.get("submission"), str):
            return submission_line(text, value.get("signature"), value.get("work"))
        file, at, data = value["file"], value["at"], value["data"]
        if not (isinstance(file, str) and _DIGEST.fullmatch(file) and type(at) is int and 0 <= at < _MAX_PIECES):
            raise ValueError("no piece")
        return PieceLine(file, at, base64url_decode(data))
    except (Refused, ValueError, KeyError, TypeError, AttributeError):
        return BadLine(malformed_submission())
