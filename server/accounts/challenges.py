"""Challenges that a browser signs with a passkey: bound to a session, valid for five minutes, accepted once.

A challenge carries its time and an HMAC, so that issuing one stores nothing. Whoever accepts it keeps its time with the
account and refuses every challenge that is not newer, as with the time steps of TOTP.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Callable

from server.accounts.site_secret import SiteSecret

LIFETIME = 5 * 60_000_000  # microseconds
CLOCK_TOLERANCE = 60_000_000  # microseconds that another server's clock may be ahead
_TIME_BYTES = 8
_NONCE_BYTES = 16


class Challenges:
    """Issues and checks challenges. `binding`: the session's id, or the value of a cookie before sign-in."""

    def __init__(
        self, secret: SiteSecret, clock: Callable[[], datetime.datetime], random: Callable[[int], bytes]
    ) -> None:
        self._secret = secret
        self._clock = clock
        self._random = random

    async def issue(self, purpose: str, binding: str) -> bytes:
        head = self._now().to_bytes(_TIME_BYTES, "big") + self._random(_NONCE_BYTES)
        return head + await self._mac(purpose, binding, head)

    async def check(self, challenge: bytes, purpose: str, binding: str, last: int) -> int | None:
        """The time of issue in microseconds; None if forged, bound elsewhere, expired or not newer than `last`."""
        head, mac = challenge[: _TIME_BYTES + _NONCE_BYTES], challenge[_TIME_BYTES + _NONCE_BYTES :]
        if not binding or not hmac.compare_digest(mac, await self._mac(purpose, binding, head)):
            return None
        issued = int.from_bytes(head[:_TIME_BYTES], "big")
        return issued if last < issued and -CLOCK_TOLERANCE <= self._now() - issued <= LIFETIME else None

    async def _mac(self, purpose: str, binding: str, head: bytes) -> bytes:
        key = await self._secret.derive_key(f"challenge:{purpose}")
        return hmac.digest(key, head + binding.encode(), hashlib.sha256)

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1_000_000)
