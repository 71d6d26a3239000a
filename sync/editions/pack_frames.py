"""Frames: a pack's body in numbered texts that QR codes carry from a screen to a camera (PROTOCOL.md, section 16).

Phones write and read them; this side is held to the same vectors. Twin: pwa/src/protocol/pack-frames.ts.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

from sync.editions.pack import malformed_pack, unknown_pack_version

FRAME_BYTES = 376  # of the body: what version 15 of a code holds at correction M, in base 45 behind the heading
FRAME_LIMIT = 100  # frames of one body: 25 seconds a round

_TAG = "KUNNAFONI-FRAMES/1"
_FRAME = re.compile(
    r"(KUNNAFONI-FRAMES/[0-9]{1,3}) ([0-9A-F]{8}) ([1-9][0-9]{0,2}) ([1-9][0-9]{0,2}) ([0-9A-Z $%*+\-./:]{2,564})"
)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def write_frames(body: bytes) -> list[str]:
    """The frames of a body. Raises ValueError where they are none or more than FRAME_LIMIT."""
    pieces = [body[at : at + FRAME_BYTES] for at in range(0, len(body), FRAME_BYTES)]
    if not 0 < len(pieces) <= FRAME_LIMIT:
        raise ValueError(f"{len(body)} bytes")
    heading = f"{_TAG} {zlib.crc32(body):08X}"
    return [f"{heading} {number} {len(pieces)} {_base45(piece)}" for number, piece in enumerate(pieces, 1)]


def join_frames(frames: Iterable[str]) -> bytes:
    """The body of frames in any order, some of them perhaps twice. Raises NotProven for frames that are not whole or of
    several bodies.
    """
    bodies = set()
    pieces: dict[int, bytes] = {}
    for frame in frames:
        match = _FRAME.fullmatch(frame) if len(frame) < 1_000 else None
        if match is None:
            raise malformed_pack()
        if match[1] != _TAG:
            raise unknown_pack_version()
        number, count = int(match[3]), int(match[4])
        if not number <= count <= FRAME_LIMIT:
            raise malformed_pack()
        bodies.add((match[2], count))
        pieces[number] = _bytes_of(match[5])
    if len(bodies) != 1:
        raise malformed_pack()
    [(checksum, count)] = bodies
    body = b"".join(pieces[number] for number in sorted(pieces))
    if len(pieces) != count or f"{zlib.crc32(body):08X}" != checksum:
        raise malformed_pack()
    return body


def _base45(data: bytes) -> str:
    """Base 45 (RFC 9285): two bytes in three characters, a last one in two."""
    text = ""
    for at in range(0, len(data), 2):
        value = int.from_bytes(data[at : at + 2])
        for _ in range(len(data[at : at + 2]) + 1):
            value, digit = divmod(value, 45)
            text += _DIGITS[digit]
    return text


def _bytes_of(text: str) -> bytes:
    """The bytes of base 45. Raises NotProven."""
    data = bytearray()
    for at in range(0, len(text), 3):
        digits = text[at : at + 3]
        value = sum(_DIGITS.index(digit) * 45**place for place, digit in enumerate(digits))
        if len(digits) < 2 or value >= 256 ** (len(digits) - 1):
            raise malformed_pack()
        data += value.to_bytes(len(digits) - 1)
    return bytes(data)
