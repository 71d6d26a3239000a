"""The second factor: a six-digit TOTP code, or one of ten recovery codes; each is accepted once."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

import pyotp

from server.accounts.account import Account
from sync.canonical import digest

TIME_STEP = 30  # seconds
RECOVERY_CODE_COUNT = 10
ISSUER = "Kunnafoni"

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that look alike in handwriting


@dataclass(frozen=True, slots=True)
class AcceptedCode:
    """The account's new `step` and `recovery` after an accepted code, so that it is not accepted again."""

    step: int
    recovery: tuple[str, ...]


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


def verify_code(account: Account, code: str, now: float) -> AcceptedCode | None:
    """Check a TOTP or recovery code; None if it is wrong or already used."""
    code = re.sub(r"[\s-]", "", code.lower())
    step = find_step(account.totp, code, now, account.step)
    if step is not None:
        return AcceptedCode(step, account.recovery)
    used = digest(f"recovery:{code}")
    if used in account.recovery:
        return AcceptedCode(account.step, tuple(unused for unused in account.recovery if unused != used))
    return None


def generate_recovery_codes(random: Callable[[int], bytes]) -> tuple[list[str], tuple[str, ...]]:
    """Recovery codes to show once, and their digests to store."""
    codes = ["".join(_ALPHABET[byte % len(_ALPHABET)] for byte in random(10)) for _ in range(RECOVERY_CODE_COUNT)]
    return [f"{code[:5]}-{code[5:]}" for code in codes], tuple(digest(f"recovery:{code}") for code in codes)


def is_secret(secret: str) -> bool:
    return re.fullmatch(r"[A-Z2-7]{32}", secret) is not None
