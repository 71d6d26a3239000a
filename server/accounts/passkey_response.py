"""The browser's response to a request for a passkey: the JSON of a PublicKeyCredential, from an untrusted form."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from server.accounts.relying_party import RelyingParty
from sync.canonical import base64url_decode

MAX_LENGTH = 20_000  # characters; usual ones have 1,000


@dataclass(frozen=True, slots=True)
class PasskeyResponse:
    """The response with the fields that choose how it is verified.

    `text`: the JSON as received. `binding`: the session's id or the cookie's value to which its challenge is bound.
    `id`: the credential's id. `challenge`: the bytes that the browser says were signed. `user`: the user handle, None
    if the authenticator sent none. Empty fields fail verification.
    """

    text: str
    binding: str
    relying_party: RelyingParty
    id: str = ""
    challenge: bytes = b""
    user: str | None = None


def read_passkey_response(text: str, binding: str, relying_party: RelyingParty) -> PasskeyResponse:
    """Never raises: a malformed response, or one for a frame in another site's page, has empty fields."""
    try:
        value = _read_object(text if len(text) <= MAX_LENGTH else "")
        response = value["response"]
        client_data = _read_object(base64url_decode(response["clientDataJSON"]))
        if client_data.get("crossOrigin"):
            raise ValueError("requested inside another site's page")
        challenge = base64url_decode(client_data["challenge"])
        return PasskeyResponse(text, binding, relying_party, str(value["id"]), challenge, response.get("userHandle"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return PasskeyResponse(text, binding, relying_party)


def _read_object(text: str | bytes) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError("not a JSON object")
    return value
