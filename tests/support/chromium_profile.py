"""Search a browser's profile for words: raw bytes, LevelDB logs joined, tables with Snappy blocks decompressed."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

ENCODINGS = ("utf-8", "latin-1", "utf-16-le")
_MAGIC = 0xDB4775248B80FB57
_LOG_BLOCK = 32_768
_PACKED_VALUE = re.compile(rb"\xff\x11\x02")  # Chromium's mark of a value compressed with Snappy before LevelDB


def find_words(folder: Path, words: Sequence[str]) -> set[tuple[str, str]]:
    """Each word found, with its encoding."""
    sought = {
        (word, encoding): word.encode(encoding) for word in words for encoding in ENCODINGS if _can(word, encoding)
    }
    matches: set[tuple[str, str]] = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            for text in stored_texts(path):
                matches |= {key for key, needle in sought.items() if needle in text}
    return matches


def stored_texts(path: Path) -> Iterator[bytes]:
    """A file's bytes, and the decoded contents of LevelDB logs and tables."""
    data = path.read_bytes()
    yield data
    parts: list[bytes] = []
    if path.suffix == ".ldb":
        parts = list(_blocks(data))
    elif path.suffix == ".log" or path.name.startswith("MANIFEST"):
        parts = [_joined(data)]
    for part in parts:
        yield part
        for mark in _PACKED_VALUE.finditer(part):
            yield decompress_snappy(part, mark.end()) or b""


def decompress_snappy(data: bytes, at: int = 0) -> bytes | None:
    """Decompress the Snappy block at `at`; None if there is none."""
    try:
        size, at = _varint(data, at)
        if size > 64 * 1024 * 1024:
            return None
        output = bytearray()
        while len(output) < size:
            tag, at = data[at], at + 1
            if tag & 3 == 0:
                length, at = _literal(data, tag, at)
                output += data[at : at + length]
                at += length
            else:
                length, offset, at = _copy(data, tag, at)
                if not 0 < offset <= len(output):
                    return None
                for _ in range(length):
                    output.append(output[-offset])
        return bytes(output) if len(output) == size else None
    except IndexError:
        return None


def _literal(data: bytes, tag: int, at: int) -> tuple[int, int]:
    length = tag >> 2
    if length < 60:
        return length + 1, at
    extra = length - 59
    return int.from_bytes(data[at : at + extra], "little") + 1, at + extra


def _copy(data: bytes, tag: int, at: int) -> tuple[int, int, int]:
    if tag & 3 == 1:
        return ((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | data[at], at + 1
    wide = 2 if tag & 3 == 2 else 4
    return (tag >> 2) + 1, int.from_bytes(data[at : at + wide], "little"), at + wide


def _blocks(data: bytes) -> Iterator[bytes]:
    """The data blocks of a LevelDB table, from its index."""
    if len(data) < 48 or struct.unpack("<Q", data[-8:])[0] != _MAGIC:
        return
    _, at = _handle(data, len(data) - 48)
    index, _ = _handle(data, at)
    for value in _values(_block(data, *index)):
        handle, _ = _handle(value, 0)
        yield _block(data, *handle)


def _block(data: bytes, offset: int, size: int) -> bytes:
    block = data[offset : offset + size]
    return (decompress_snappy(block) or b"") if data[offset + size] == 1 else block


def _values(block: bytes) -> Iterator[bytes]:
    restarts = struct.unpack("<I", block[-4:])[0]
    at, end = 0, len(block) - 4 - 4 * restarts
    while at < end:
        _, at = _varint(block, at)
        own, at = _varint(block, at)
        size, at = _varint(block, at)
        yield block[at + own : at + own + size]
        at += own + size


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _varint(data, at)
    size, at = _varint(data, at)
    return (offset, size), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _joined(data: bytes) -> bytes:
    """The records of a LevelDB log, without block headers."""
    output = bytearray()
    for start in range(0, len(data), _LOG_BLOCK):
        block, at = data[start : start + _LOG_BLOCK], 0
        while at + 7 <= len(block):
            length = struct.unpack("<H", block[at + 4 : at + 6])[0]
            output += block[at + 7 : at + 7 + length]
            at += 7 + length
    return bytes(output)


def _can(word: str, encoding: str) -> bool:
    try:
        word.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
