"""Canonical JSON and digests: the only place that hashes (PROTOCOL.md, section 1). Twin: pwa/src/protocol/canonical.ts."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

LARGEST_INTEGER = 2**53 - 1

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def base64url_encode(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def base64url_decode(text: str) -> bytes:
    """The bytes of base64url without padding. Raises ValueError for anything else."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64url_encode(raw) != text:
        raise ValueError("not base64url without padding")
    return raw


def digest(data: bytes | str) -> str:
    """SHA-256 of the bytes (of a text: of its UTF-8), 43 characters of base64url."""
    return base64url_encode(hashlib.sha256(data.encode() if isinstance(data, str) else data).digest())


def canonical(value: Any) -> bytes:
    """Canonical JSON. Raises ValueError for what it has no form for (floats, large integers, keys that are not ASCII text)."""
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
