"""The second factor: a six-digit TOTP code, a passkey, or one of ten recovery codes; each proof is accepted once."""

from __future__ import annotations

import datetime
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp

from server.accounts.account import Account
from server.accounts.passkey_response import PasskeyResponse
from server.accounts.passkey_verifier import PasskeyVerifier
from sync.canonical import digest

TIME_STEP = 30  # seconds
RECOVERY_CODE_COUNT = 10
ISSUER = "Kunnafoni"

# Crockford's base 32: no letter that looks like a digit. Sixteen characters are 80 bits, beyond guessing from a digest.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RECOVERY_CODE_LENGTH = 16
_LOOKALIKES = str.maketrans("oil", "011")


@dataclass(frozen=True, slots=True)
class SecondFactorProof:
    """The proof that a person gave beside the password: a typed code, a passkey's response, or neither."""

    code: str = ""
    passkey: PasskeyResponse | None = None


class SecondFactorVerifier:
    def __init__(self, passkeys: PasskeyVerifier, clock: Callable[[], datetime.datetime]) -> None:
        self._passkeys = passkeys
        self._clock = clock

    async def verify(self, account: Account, proof: SecondFactorProof) -> dict[str, Any] | None:
        """The account's changes after which this proof is not accepted again; None if it is wrong or already used."""
        if proof.passkey:
            accepted = await self._passkeys.verify(account, proof.passkey)
            return {"passkeys": accepted.passkeys, "challenge": accepted.challenge} if accepted else None
        return verify_code(account, proof.code, self._clock().timestamp())


def generate_secret() -> str:
    return pyotp.random_base32()


def provisioning_uri(secret: str, name: str, site: str) -> str:
    """The otpauth: URI that an authenticator app reads from a QR code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site or ISSUER))


def find_step(secret: str, code: str, now: float, last: int = 0) -> int | None:
    """The time step of a code: the current one or a neighbour, later than `last`; None if no code matches."""
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    current = int(now) // TIME_STEP
    steps = [step for step in (current - 1, current, current + 1) if step > last]
    return next((step for step in steps if hmac.compare_digest(pyotp.TOTP(secret).at(step * TIME_STEP), code)), None)


def verify_code(account: Account, code: str, now: float) -> dict[str, Any] | None:
    """The account's changes after a TOTP or recovery code; None if it is wrong or already used."""
    code = re.sub(r"[\s-]", "", code.lower())
    step = find_step(account.totp, code, now, account.step) if account.totp else None
    if step is not None:
        return {"step": step}
    used = {_recovery_digest(code), _recovery_digest(code.translate(_LOOKALIKES))} & set(account.recovery)
    return {"recovery": tuple(unused for unused in account.recovery if unused not in used)} if used else None


def generate_recovery_codes(random: Callable[[int], bytes]) -> tuple[list[str], tuple[str, ...]]:
    """Recovery codes to show once, in groups of four characters, and their digests to store."""
    codes = [
        "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in random(_RECOVERY_CODE_LENGTH))
        for _ in range(RECOVERY_CODE_COUNT)
    ]
    shown = ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]
    return shown, tuple(_recovery_digest(code) for code in codes)


def is_secret(secret: str) -> bool:
    return re.fullmatch(r"[A-Z2-7]{32}", secret) is not None


def _recovery_digest(code: str) -> str:
    return digest(f"recovery:{code}")
