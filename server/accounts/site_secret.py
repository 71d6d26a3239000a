"""A secret that every server of a site shares: the record `secret:site` of the collection `people`.

Made with the first use. It authenticates what a server hands to a browser and gets back; it encrypts nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from sync.canonical import base64url_decode, base64url_encode
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Stale, Store, Write

RECORD_ID = "secret:site"


class SiteSecret:
    def __init__(self, store: Store, random: Callable[[int], bytes]) -> None:
        self._store = store
        self._random = random
        self._secret = b""

    async def derive_key(self, purpose: str) -> bytes:
        """The key of one purpose, the same on every server. Raises Unavailable if a new secret cannot be saved."""
        return hmac.digest(await self._load(), purpose.encode(), hashlib.sha256)

    async def _load(self) -> bytes:
        while not self._secret:
            if record := await self._store.get(Collection.PEOPLE, RECORD_ID):
                self._secret = base64url_decode(record.body["secret"])
                break
            secret = self._random(32)
            [outcome] = await self._store.write(
                Collection.PEOPLE, [Write(RECORD_ID, {"secret": base64url_encode(secret)})]
            )
            if not isinstance(outcome, Stale):  # another process made one meanwhile
                ensure_saved(outcome)
                self._secret = secret
        return self._secret
