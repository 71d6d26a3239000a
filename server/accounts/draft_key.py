"""The key under which a browser keeps what its person typed and has not saved: one for each account.

Only a session of the account is given it, so the next person at that browser cannot read what lies there; and every
later session is given the same, so nothing is lost with the one that ended. A server keeps none of these texts.
"""

from __future__ import annotations

import hashlib
import hmac

from server.accounts.account import Account
from server.accounts.site_secret import SiteSecret
from sync.canonical import base64url_encode

PURPOSE = "kunnafoni-kept-texts/1"


class DraftKeys:
    def __init__(self, secret: SiteSecret) -> None:
        self._secret = secret

    async def derive(self, account: Account) -> str:
        """A key of 256 bits as base64url, the same on every server. Raises Unavailable as SiteSecret does."""
        site_key = await self._secret.derive_key(PURPOSE)
        return base64url_encode(hmac.digest(site_key, account.name.encode(), hashlib.sha256))
