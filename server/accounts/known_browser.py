"""Device cookies (OWASP): a browser that signed in to an account before has tries of its own at the next sign-in.

So strangers who guess an account's password keep its owner waiting only in browsers that the account never used. A
token is a nonce and its MAC under the account's stored password hash: it names nobody, needs no record, holds on every
node, and ends with the password. Only the console sets the cookie; readers never get one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable

from server.accounts.account import Account
from sync.canonical import base64url_encode, canonical

MAX_TOKENS = 5  # accounts that share a browser; a sixth takes the place of the oldest
LIFETIME = 180 * 24 * 3600  # seconds that the browser keeps the cookie after a sign-in

_TOKEN = re.compile(r"[A-Za-z0-9_-]{65}")  # 22 of the nonce, 43 of the MAC


def find_nonce(cookie: str, account: Account) -> str:
    """The nonce of the cookie's token for this account; "" if the browser has none."""
    for token in _split(cookie):
        nonce = token[:22]
        if account.password and hmac.compare_digest(token[22:], _make_mac(account, nonce)):
            return nonce
    return ""


def add_token(cookie: str, account: Account, random: Callable[[int], bytes]) -> str:
    """The cookie's new value after a sign-in to the account. Its token moves to the end; a missing one is made."""
    nonce = find_nonce(cookie, account) or base64url_encode(random(16))
    token = nonce + _make_mac(account, nonce)
    return ".".join([*(other for other in _split(cookie) if other != token), token][-MAX_TOKENS:])


def _split(cookie: str) -> list[str]:
    return [token for token in cookie.split(".", MAX_TOKENS)[:MAX_TOKENS] if _TOKEN.fullmatch(token)]


def _make_mac(account: Account, nonce: str) -> str:
    message = canonical(["kunnafoni-browser/1", account.name, nonce])
    return base64url_encode(hmac.digest(account.password.encode(), message, hashlib.sha256))
