"""Image conversion for cheap phones: upright, without metadata (location, camera), at most 40 kB of WebP.

Runs in the subprocess of `convert.py`, because uploads are untrusted.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
MAX_PIXELS = 50_000_000  # the camera of a high-end phone; three bytes per pixel when decoded
MAX_BYTES = 40_000  # bytes: two seconds on EDGE
WIDTHS = (960, 800, 640, 480, 320)
QUALITIES = (75, 60, 45, 30)
BACKGROUND = (246, 236, 217)  # replaces transparency: the page's background colour


class UnreadableImage(Exception):
    """The image is damaged or of an unsupported format; the text is an error code."""


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    width: int
    height: int


def shrink(raw: bytes) -> Picture:
    """Convert to WebP within MAX_BYTES. Raises UnreadableImage for a damaged, too large or too detailed image."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableImage("image-too-many-pixels")
            if image.format == "JPEG":
                image.draft("RGB", (WIDTHS[0] * 2, WIDTHS[0] * 2))  # decode at a reduced size
            upright = ImageOps.exif_transpose(image)
            return _encode_within_limit(_flatten(upright))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableImage("image-too-many-pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, TypeError, IndexError, KeyError) as error:
        raise UnreadableImage("image-unreadable") from error


def _flatten(image: Image.Image) -> Image.Image:
    """Convert to plain RGB: no palette, transparency or metadata."""
    rgba = image.convert("RGBA")
    flat = Image.new("RGB", rgba.size, BACKGROUND)
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat


def _encode_within_limit(image: Image.Image) -> Picture:
    """Encode at the largest width, then the best quality, that fits MAX_BYTES. Raises UnreadableImage if none does."""
    for width in WIDTHS:
        if width > image.width and width != WIDTHS[-1]:
            continue
        resized = image.copy()
        resized.thumbnail((width, width * 2))
        for quality in QUALITIES:
            buffer = io.BytesIO()
            resized.save(buffer, "WEBP", quality=quality, method=4)
            if buffer.tell() <= MAX_BYTES:
                return Picture(buffer.getvalue(), resized.width, resized.height)
    raise UnreadableImage("image-too-detailed")
