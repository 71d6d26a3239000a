"""Media files made in memory: photos, recordings, decompression bombs."""

from __future__ import annotations

import io
import math
import struct
import zlib

from PIL import Image


def make_photo(width: int = 1600, height: int = 1200, kind: str = "JPEG") -> bytes:
    """An image with GPS metadata."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Tecno"
    exif[0x8825] = {1: "N", 2: (12.0, 39.0, 0.0), 3: "W", 4: (8.0, 0.0, 0.0)}
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def make_decompression_bomb() -> bytes:
    """A PNG of one kilobyte that declares 3.6 thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))
        + chunk(b"IEND", b"")
    )


def make_recording(seconds: float = 3, rate: int = 8000) -> bytes:
    """A WAV file of changing pitch."""
    samples = (int(9000 * math.sin(at * 0.05 + 4 * math.sin(at * 0.001))) for at in range(int(seconds * rate)))
    data = b"".join(struct.pack("<h", sample) for sample in samples)
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + form + b"data" + struct.pack("<I", len(data)) + data
    )
