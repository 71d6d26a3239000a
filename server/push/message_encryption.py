"""Message encryption for Web Push by pywebpush: RFC 8291, content coding aes128gcm (RFC 8188), one record.

pywebpush is imported with the first message: it loads two HTTP clients that are not needed (0.15 s and 14 MB).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OVERHEAD = 86 + 1 + 16  # bytes: salt, record size, key id; the record's delimiter; the tag


class InvalidSubscriptionKeys(Exception):
    """The subscription's keys cannot be used for encryption."""


def encode(payload: bytes, subscription: Mapping[str, Any]) -> bytes:
    """Encrypt a payload for the body of a subscription's record; the result is OVERHEAD bytes longer.

    The caller has checked that the payload fits into one record. Raises InvalidSubscriptionKeys.
    """
    import pywebpush

    try:
        keys = {"p256dh": subscription["public"], "auth": subscription["auth"]}
        pusher = pywebpush.WebPusher({"endpoint": subscription["endpoint"], "keys": keys})
        body = bytes(pusher.encode(payload)["body"])
    except Exception as error:  # the library's errors have no common base; each concerns this subscription
        raise InvalidSubscriptionKeys from error
    if len(body) != len(payload) + OVERHEAD:  # the Content-Length header was computed from OVERHEAD
        raise InvalidSubscriptionKeys
    return body
