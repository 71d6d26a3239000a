"""Text files that carry a body by hand: a heading, lines for people, base64 (PROTOCOL.md, sections 13 and 16).

Used by bundles and packs, each with its own heading. Twin: pwa/src/protocol/text-file.ts.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable

MAX_TEXT_LENGTH = 20_000_000  # characters

_LINE_WIDTH = 76
_LINE_END = re.compile(r"[\r\n]+")
_BLANK = re.compile(r"[ \t]+")


def write_text_file(heading: str, body: bytes, comments: Iterable[str] = ()) -> str:
    """A body, compressed, as a text file. `comments`: lines that explain the file to people."""
    compressor = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    payload = base64.b64encode(compressor.compress(body) + compressor.flush()).decode()
    rows = [payload[start : start + _LINE_WIDTH] for start in range(0, len(payload), _LINE_WIDTH)]
    lines = [heading, *(f"# {line}" for line in comments), *rows]
    return "\n".join(lines) + "\n"


def split_text_file(text: str) -> tuple[str, str]:
    """The heading, "" if there is none, and the base64 without blanks."""
    lines = [line for part in _LINE_END.split(text.removeprefix("\ufeff")) if (line := part.strip(" \t"))]
    payload = _BLANK.sub("", "".join(line for line in lines[1:] if not line.startswith("#")))
    return (lines[0] if lines else ""), payload


def decode_payload(payload: str) -> bytes:
    """The body, compressed or not. Raises ValueError unless the text is what base64 writes of it."""
    body = base64.b64decode(payload, validate=True)
    if base64.b64encode(body).decode() != payload:
        raise ValueError("not canonical base64")
    return body
