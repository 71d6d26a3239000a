"""Recovery codes: ten for an account, shown once, each accepted once in place of a second factor.

They are stored under Argon2id, all ten with one salt, so that a try costs one hash. Release
0.1.0 stored a plain digest; those are hashed at the account's next sign-in, since what is hashed is that digest.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Sequence

from argon2 import PasswordHasher

from server.accounts.passwords import Passwords
from sync.canonical import digest

COUNT = 10
HASHER = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1
)  # for eighty random bits; ten are made at once
SALT_BYTES = 16

# Crockford's base 32: no letter that looks like a digit. Sixteen characters are 80 bits.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16
_LOOKALIKES = str.maketrans("oil", "011")
_CODE = re.compile(r"[0-9a-z]{10}|[0-9a-z]{16}")  # 0.1.0 had ten characters
_HASHED = "$argon2"


class RecoveryCodes:
    def __init__(self, passwords: Passwords, random: Callable[[int], bytes]) -> None:
        self._passwords = passwords
        self._random = random

    async def generate(self) -> tuple[list[str], tuple[str, ...]]:
        """New codes to show once, in groups of four characters, and their hashes to store."""
        codes = ["".join(_ALPHABET[byte % len(_ALPHABET)] for byte in self._random(_LENGTH)) for _ in range(COUNT)]
        shown = ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]
        return shown, await self._hash([_plain_digest(code) for code in codes])

    async def use(self, stored: Sequence[str], code: str) -> tuple[str, ...] | None:
        """The hashes that are left when this code is used up; None if it is none of them.

        Without stored codes a try takes as long, to hide which accounts have a second factor.
        """
        typed = re.sub(r"[\s-]", "", code.lower())
        if not _CODE.fullmatch(typed):
            return None
        samples = list({hashed.rpartition("$")[0]: hashed for hashed in stored if is_hashed(hashed)}.values())
        for plain in dict.fromkeys(_plain_digest(text) for text in (typed, typed.translate(_LOOKALIKES))):
            forms = [plain, *[await self._passwords.hash_alike(sample, plain) for sample in samples]]
            if not samples:
                await self._passwords.verify("", plain)
            left = tuple(each for each in stored if not any(hmac.compare_digest(each, form) for form in forms))
            if len(left) < len(stored):
                return left
        return None

    async def hash_stored(self, stored: Sequence[str]) -> tuple[str, ...]:
        """The stored codes, those of 0.1.0 hashed too."""
        hashed = iter(await self._hash([each for each in stored if not is_hashed(each)]))
        return tuple(each if is_hashed(each) else next(hashed) for each in stored)

    async def _hash(self, digests: Sequence[str]) -> tuple[str, ...]:
        salt = self._random(SALT_BYTES)
        return tuple([await self._passwords.hash(each, salt) for each in digests])


def is_hashed(stored: str) -> bool:
    """False for a plain digest of release 0.1.0."""
    return stored.startswith(_HASHED)


def _plain_digest(code: str) -> str:
    return digest(f"recovery:{code}")
