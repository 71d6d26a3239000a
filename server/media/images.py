"""An image for cheap phones: checked, turned upright, stripped of what it betrays (place, camera), at most 40 kB of WebP.

Runs in a process of its own (`convert.py`): what comes in is whatever somebody uploaded.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
MAX_PIXELS = 50_000_000  # a large phone's camera; three bytes each when decoded
MAX_BYTES = 40_000  # bytes: two seconds on EDGE
WIDTHS = (960, 800, 640, 480, 320)
QUALITIES = (75, 60, 45, 30)
BACKGROUND = (246, 236, 217)  # behind what is transparent: the page's own ground


class UnreadableImage(Exception):
    """Not an image of a kind we take, or one that is broken; the text is a code."""


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    width: int
    height: int


def shrink(raw: bytes) -> Picture:
    """Raises Unreadable for anything else than an image of a sensible size."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise UnreadableImage("image-too-many-pixels")
            if opened.format == "JPEG":
                opened.draft("RGB", (WIDTHS[0] * 2, WIDTHS[0] * 2))  # decodes no more than is needed
            upright = ImageOps.exif_transpose(opened)
            return _encode_within_limit(_flatten(upright))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableImage("image-too-many-pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, TypeError, IndexError, KeyError) as error:
        raise UnreadableImage("image-unreadable") from error


def _flatten(image: Image.Image) -> Image.Image:
    """Red, green and blue only: no palette, no transparency, no metadata."""
    clear = image.convert("RGBA")
    flat = Image.new("RGB", clear.size, BACKGROUND)
    flat.paste(clear, mask=clear.getchannel("A"))
    return flat


def _encode_within_limit(image: Image.Image) -> Picture:
    """The largest of our widths at the best quality that stays within the limit."""
    for width in WIDTHS:
        if width > image.width and width != WIDTHS[-1]:
            continue
        sized = image.copy()
        sized.thumbnail((width, width * 2))
        for quality in QUALITIES:
            out = io.BytesIO()
            sized.save(out, "WEBP", quality=quality, method=4)
            if out.tell() <= MAX_BYTES:
                return Picture(out.getvalue(), sized.width, sized.height)
    raise UnreadableImage("image-too-detailed")
