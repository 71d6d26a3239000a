"""Passwords: Argon2id hashing, and the rules for a new password.

Hashing runs in worker threads, at most MAX_CONCURRENT at a time, because each hash needs 64 MB.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio import to_thread
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from sync.errors import Refused

T = TypeVar("T")

MIN_LENGTH = 12  # characters: beyond guessing at a few throttled tries a minute
MAX_LENGTH = 200  # characters: bounds the cost of hashing for the server
MAX_CONCURRENT = 2


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._dummy_hash = ""
        self._limiter: anyio.CapacityLimiter | None = None

    async def hash(self, password: str) -> str:
        return await self._run_in_thread(self._hasher.hash, password)

    async def verify(self, hashed: str, password: str) -> bool:
        """True if the password matches. An empty hash never matches but takes as long, to hide which accounts exist."""
        if not self._dummy_hash:
            self._dummy_hash = await self.hash("nobody's password")
        return await self._run_in_thread(self._verify_now, hashed or self._dummy_hash, password[:MAX_LENGTH]) and bool(
            hashed
        )

    def needs_rehash(self, hashed: str) -> bool:
        return bool(self._hasher.check_needs_rehash(hashed))

    def _verify_now(self, hashed: str, password: str) -> bool:
        try:
            return bool(self._hasher.verify(hashed, password))
        except (Argon2Error, InvalidHashError):
            return False

    async def _run_in_thread(self, work: Callable[..., T], *values: str) -> T:
        if self._limiter is None:  # must be created inside the event loop
            self._limiter = anyio.CapacityLimiter(MAX_CONCURRENT)
        return await to_thread.run_sync(work, *values, limiter=self._limiter)


def check_strength(password: str, name: str) -> None:
    """Raises Refused, with advice, for a password that is too short, too long or too easy to guess."""
    if len(password) < MIN_LENGTH:
        raise Refused(
            "password-short",
            "Ce mot de passe est trop court : {least} signes au moins.",
            "Quatre mots sans rapport font un bon mot de passe.",
            least=MIN_LENGTH,
        )
    if len(password) > MAX_LENGTH:
        raise Refused("password-long", "Ce mot de passe est trop long : {most} signes au plus.", most=MAX_LENGTH)
    if len(set(password)) < 5 or name in password.casefold():
        raise Refused(
            "password-easy", "Ce mot de passe se devine.", "Quatre mots sans rapport font un bon mot de passe."
        )
