"""Payloads encoded for one phone each, by pywebpush: RFC 8291, content coding aes128gcm of RFC 8188, one record.

pywebpush is imported with the first message: with its two HTTP clients, which nothing here uses, it takes 0.15 s and 14 MB.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OVERHEAD = 86 + 1 + 16  # bytes: salt, record size, key id; the record's delimiter; the tag


class InvalidSubscriptionKeys(Exception):
    """Keys of a subscription for which nothing can be encoded."""


def encode(payload: bytes, subscription: Mapping[str, Any]) -> bytes:
    """The payload for a subscription's record, OVERHEAD bytes longer. The sender has seen to it that it fits. Raises BrokenKeys."""
    import pywebpush

    try:
        keys = {"p256dh": subscription["public"], "auth": subscription["auth"]}
        pusher = pywebpush.WebPusher({"endpoint": subscription["endpoint"], "keys": keys})
        body = bytes(pusher.encode(payload)["body"])
    except Exception as error:  # theirs have no parent in common, and whatever it is, it is about this one subscription
        raise InvalidSubscriptionKeys from error
    if len(body) != len(payload) + OVERHEAD:  # it would not be what the content-length says
        raise InvalidSubscriptionKeys
    return body
