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
from server.accounts.recovery_codes import RecoveryCodes

TIME_STEP = 30  # seconds
ISSUER = "Kunnafoni"


@dataclass(frozen=True, slots=True)
class SecondFactorProof:
    """The proof that a person gave beside the password: a typed code, a passkey's response, or neither."""

    code: str = ""
    passkey: PasskeyResponse | None = None


class SecondFactorVerifier:
    def __init__(
        self, passkeys: PasskeyVerifier, recovery_codes: RecoveryCodes, clock: Callable[[], datetime.datetime]
    ) -> None:
        self._passkeys = passkeys
        self._recovery_codes = recovery_codes
        self._clock = clock

    async def verify(self, account: Account, proof: SecondFactorProof) -> dict[str, Any] | None:
        """The account's changes after which this proof is not accepted again; None if it is wrong or already used."""
        if proof.passkey:
            accepted = await self._passkeys.verify(account, proof.passkey)
            return {"passkeys": accepted.passkeys, "challenge": accepted.challenge} if accepted else None
        step = find_step(account.totp, proof.code, self._clock().timestamp(), account.step) if account.totp else None
        if step is not None:
            return {"step": step}
        left = await self._recovery_codes.use(account.recovery, proof.code)
        return None if left is None else {"recovery": left}


def generate_secret() -> str:
    return pyotp.random_base32()


def provisioning_uri(secret: str, name: str, site: str) -> str:
    """The otpauth: URI that an authenticator app reads from a QR code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site or ISSUER))


def find_step(secret: str, code: str, now: float, last: int = 0) -> int | None:
    """The time step of a code: the current one or a neighbour, later than `last`; None if no code matches."""
    code = re.sub(r"[\s-]", "", code)
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    current = int(now) // TIME_STEP
    steps = [step for step in (current - 1, current, current + 1) if step > last]
    return next((step for step in steps if hmac.compare_digest(pyotp.TOTP(secret).at(step * TIME_STEP), code)), None)


def is_secret(secret: str) -> bool:
    return re.fullmatch(r"[A-Z2-7]{32}", secret) is not None
