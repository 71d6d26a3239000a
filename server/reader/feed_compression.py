"""Whole feeds compressed at the best level once an edition: seconds of work, for answers that every new phone gets.

The header of a feed changes each day, with its freshness; the lines never do. So the compressed lines are kept, in the
store too, and a new header is put before them. The result is decompressed and compared each time: a header that does
not fit, or a damaged record, only costs another compression.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import brotli

from server.web.compression import BEST_QUALITY
from sync.store.cache_records import CacheRecords

WINDOW_BITS = 22
MAX_KEPT_BYTES = 4 * 1024 * 1024  # of compressed lines, as a record of the store has 8 MB at most


@dataclass(frozen=True, slots=True)
class CompressedLines:
    """The lines of a whole feed, compressed after a header. `edition`: of which they are."""

    edition: str
    data: bytes

    def after(self, header: bytes, lines: bytes) -> bytes | None:
        """The answer of `header` and `lines`; None if these compressed lines do not give it."""
        answer = _compress_header(_compressor(), header) + self.data
        try:
            return answer if brotli.decompress(answer) == header + lines else None
        except brotli.error:
            return None


def compress_lines(edition: str, header: bytes, lines: bytes) -> CompressedLines:
    compressor = _compressor()
    _compress_header(compressor, header)
    return CompressedLines(edition, compressor.process(lines) + compressor.finish())


async def load_lines(cache: CacheRecords, channel: str) -> CompressedLines | None:
    """The lines that a server has compressed last for a channel."""
    content = await cache.load(f"feed:{channel}")
    edition, data = content.get("edition"), content.get("br")
    if not isinstance(edition, str) or not isinstance(data, str):
        return None
    try:
        return CompressedLines(edition, base64.b64decode(data, validate=True))
    except ValueError:
        return None


async def save_lines(cache: CacheRecords, channel: str, lines: CompressedLines) -> None:
    if len(lines.data) <= MAX_KEPT_BYTES:
        await cache.save(f"feed:{channel}", {"edition": lines.edition, "br": base64.b64encode(lines.data).decode()})


def _compressor() -> brotli.Compressor:
    return brotli.Compressor(quality=BEST_QUALITY, lgwin=WINDOW_BITS)


def _compress_header(compressor: brotli.Compressor, header: bytes) -> bytes:
    return bytes(compressor.process(header) + compressor.flush())
