"""Password hashing with Argon2id.

Hashing runs in worker threads, at most MAX_CONCURRENT at a time, because each hash needs 64 MB.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio import to_thread
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError

from server.accounts.password_strength import MAX_LENGTH

T = TypeVar("T")

MAX_CONCURRENT = 2


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._dummy_hash = ""
        self._limiter: anyio.CapacityLimiter | None = None

    async def hash(self, password: str, salt: bytes | None = None) -> str:
        """The hash with its parameters and salt; a random salt unless one is given."""
        return await self._run_in_thread(lambda: self._hasher.hash(password, salt=salt))

    async def hash_alike(self, hashed: str, password: str) -> str:
        """The hash of another password with the parameters and the salt of `hashed`."""
        hasher = PasswordHasher.from_parameters(extract_parameters(hashed))
        salt = base64.b64decode(hashed.split("$")[4] + "==")
        return await self._run_in_thread(lambda: hasher.hash(password, salt=salt))

    async def verify(self, hashed: str, password: str) -> bool:
        """True if the password matches. An empty hash never matches but takes as long, to hide which accounts exist."""
        if not self._dummy_hash:
            self._dummy_hash = await self.hash("nobody's password")
        stored = hashed or self._dummy_hash
        return await self._run_in_thread(lambda: self._verify_now(stored, password[:MAX_LENGTH])) and bool(hashed)

    def needs_rehash(self, hashed: str) -> bool:
        return bool(self._hasher.check_needs_rehash(hashed))

    def _verify_now(self, hashed: str, password: str) -> bool:
        try:
            return bool(self._hasher.verify(hashed, password))
        except (Argon2Error, InvalidHashError):
            return False

    async def _run_in_thread(self, work: Callable[[], T]) -> T:
        if self._limiter is None:  # must be created inside the event loop
            self._limiter = anyio.CapacityLimiter(MAX_CONCURRENT)
        return await to_thread.run_sync(work, limiter=self._limiter)
