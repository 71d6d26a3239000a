"""Passkeys as stored in an account's record: the public half of a key that a device keeps (WebAuthn)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_PASSKEYS = 10  # of one account: its record is read with every request
MAX_NAME_LENGTH = 60  # characters


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey of an account.

    `id` and `public_key` (COSE) are base64url. `count`: the authenticator's signature counter at its last use, 0 for
    one that does not count. `site`: the relying party's id, a host name; the passkey works there alone. `made` and
    `used` are days, YYYY-MM-DD; `used` is "" before the first use.
    """

    id: str
    public_key: str
    count: int
    site: str
    name: str
    made: str
    used: str = ""

    @property
    def body(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "public": self.public_key,
            "count": self.count,
            "site": self.site,
            "name": self.name,
            "made": self.made,
            "used": self.used,
        }


def passkey_from_body(body: Mapping[str, Any]) -> Passkey:
    return Passkey(body["id"], body["public"], body["count"], body["site"], body["name"], body["made"], body["used"])
