"""Content encodings of responses: negotiation and compression.

Brotli and gzip alone: the large blocks of other compressors would stall a download on a slow network.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Literal, TypeAlias

import brotli

Encoding: TypeAlias = Literal["br", "gzip", "identity"]

BEST_QUALITY = 11  # brotli, for bodies that are cached and served many times: seconds per megabyte
FAST_QUALITY = 6  # brotli, for bodies compressed while a phone waits: tens of milliseconds per megabyte
ONE_OFF_QUALITY = 4  # brotli and gzip, for bodies that are served once
SMALL_BODY = 32_768  # bytes; up to this size the best quality is cheap


@lru_cache(maxsize=256)
def choose_encoding(accept: str) -> Encoding:
    """The best supported encoding that an Accept-Encoding header accepts. Cached: browsers send a handful of them."""
    weights = {
        name.strip().lower(): parameters for name, _, parameters in (part.partition(";") for part in accept.split(","))
    }
    for encoding in ("br", "gzip"):
        if encoding in weights and weights[encoding].replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            return "br" if encoding == "br" else "gzip"
    return "identity"


def compress(body: bytes, encoding: Encoding, best: bool = False) -> bytes:
    if encoding == "br":
        return bytes(
            brotli.compress(body, quality=BEST_QUALITY if best or len(body) <= SMALL_BODY else FAST_QUALITY, lgwin=22)
        )
    if encoding == "gzip":
        return gzip.compress(body, compresslevel=9 if best else 6, mtime=0)
    return body


def compress_once(body: bytes, encoding: Encoding) -> bytes:
    """Compress a page that is served once: about a millisecond, whatever its size."""
    if encoding == "br":
        return bytes(brotli.compress(body, quality=ONE_OFF_QUALITY))
    return gzip.compress(body, ONE_OFF_QUALITY, mtime=0) if encoding == "gzip" else body
