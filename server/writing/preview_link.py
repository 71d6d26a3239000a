"""Signed addresses that show one draft to whoever holds them, for an hour, without an account.

Nothing is stored: the address names the document, the digest of its text and its end, under a MAC. It serves no more
once the draft is changed, approved or discarded.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
from dataclasses import dataclass

from server.writing.draft_records import Draft
from sync.canonical import base64url_decode, base64url_encode, canonical

PURPOSE = "preview-link"  # of the key that signs
LIFETIME = datetime.timedelta(hours=1)
MAX_TOKEN_LENGTH = 400  # characters
_DIGEST_LENGTH = 16  # characters of base64url: 96 bits
_MAC_LENGTH = 16  # bytes; a longer one would make the QR code finer


@dataclass(frozen=True, slots=True)
class PreviewLink:
    """`id`: of the document. `digest`: start of the digest of the draft's fields. `until`: seconds since 1970."""

    id: str
    digest: str
    until: int

    @classmethod
    def for_draft(cls, draft: Draft, now: datetime.datetime) -> PreviewLink:
        return cls(draft.of, draft.fields_digest[:_DIGEST_LENGTH], int((now + LIFETIME).timestamp()))

    def shows(self, draft: Draft) -> bool:
        """True if this is the text that the link was made for."""
        return (draft.of, draft.fields_digest[:_DIGEST_LENGTH]) == (self.id, self.digest)


def sign_link(key: bytes, link: PreviewLink) -> str:
    payload = canonical([link.id, link.digest, link.until])
    return f"{base64url_encode(payload)}.{base64url_encode(_mac(key, payload))}"


def read_link(key: bytes, token: str, now: datetime.datetime) -> PreviewLink | None:
    """The link of a token; None for one that is over, or that this site did not sign."""
    encoded, _, mac = token.partition(".")
    try:
        payload = base64url_decode(encoded) if len(token) <= MAX_TOKEN_LENGTH else b""
        if not hmac.compare_digest(base64url_decode(mac), _mac(key, payload)):
            return None
        id, digest, until = json.loads(payload)
    except ValueError:
        return None
    return PreviewLink(id, digest, until) if now.timestamp() < until else None


def _mac(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, payload, hashlib.sha256)[:_MAC_LENGTH]
