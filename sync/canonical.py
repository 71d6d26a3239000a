"""Canonical JSON, digests and base64url (PROTOCOL.md, section 1). Twin: pwa/src/protocol/canonical.ts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

LARGEST_INTEGER = 2**53 - 1

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def base64url_encode(raw: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def base64url_decode(text: str) -> bytes:
    """Decode base64url without padding. Raises ValueError for anything else."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64url_encode(raw) != text:
        raise ValueError("not base64url without padding")
    return raw


def digest(data: bytes | str) -> str:
    """SHA-256 of bytes, or of a text's UTF-8, as 43 characters of base64url.

    Raises ValueError for a text with a lone surrogate; readers of outside text refuse those.
    """
    return base64url_encode(hashlib.sha256(data.encode() if isinstance(data, str) else data).digest())


def is_well_formed(text: str) -> bool:
    """False for a text with half a character (a lone surrogate), which UTF-8 cannot carry."""
    return text.isascii() or _HALF_CHARACTER.search(text) is None


def canonical(value: Any) -> bytes:
    """Encode as canonical JSON. Raises ValueError for floats, integers beyond 2^53 - 1 and keys that are not ASCII."""
    _check_value(value)
    return _ENCODER.encode(value).encode()


def _check_value(value: Any) -> None:
    if value is None or isinstance(value, (bool, str)):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError("integer too large for canonical JSON")
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_value(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise ValueError("a key of canonical JSON is ASCII text")
            _check_value(item)
    else:
        raise ValueError(f"canonical JSON has no form for {type(value).__name__}")
