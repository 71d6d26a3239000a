"""WebAuthn with py_webauthn: the options that a page passes to the browser, and the checks of what comes back.

Attestation is not asked for: any authenticator will do. Passkeys are discoverable, so that sign-in names none before
the password is known to be right. py_webauthn is imported on first use, because few sign-ins need it.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from anyio import to_thread

from server.accounts.account import Account
from server.accounts.challenges import LIFETIME, Challenges
from server.accounts.passkey import MAX_NAME_LENGTH, MAX_PASSKEYS, Passkey
from server.accounts.passkey_response import PasskeyResponse
from server.accounts.relying_party import RelyingParty
from server.accounts.site_secret import SiteSecret
from sync.canonical import base64url_decode, base64url_encode
from sync.errors import Refused

REGISTRATION = "registration"  # purposes of challenges
ASSERTION = "assertion"
_TIMEOUT = LIFETIME // 1000  # milliseconds


@dataclass(frozen=True, slots=True)
class AcceptedPasskey:
    """The account's new `passkeys` and `challenge` after an accepted response."""

    passkeys: tuple[Passkey, ...]
    challenge: int


class PasskeyVerifier:
    def __init__(
        self, secret: SiteSecret, clock: Callable[[], datetime.datetime], random: Callable[[int], bytes]
    ) -> None:
        self._secret = secret
        self._clock = clock
        self._challenges = Challenges(secret, clock, random)

    async def registration_options(self, account: Account, binding: str, party: RelyingParty) -> dict[str, Any]:
        """Options for `navigator.credentials.create`, binary values in base64url."""
        return {
            "rp": {"id": party.id, "name": party.id},
            "user": {
                "id": base64url_encode(await self._user_handle(account)),
                "name": account.name,
                "displayName": account.display_name,
            },
            "challenge": base64url_encode(await self._challenges.issue(REGISTRATION, binding)),
            "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in (-8, -7, -257)],
            "timeout": _TIMEOUT,
            "excludeCredentials": [{"type": "public-key", "id": passkey.id} for passkey in account.passkeys],
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": True,
                "userVerification": "preferred",
            },
            "attestation": "none",
        }

    async def assertion_options(self, binding: str, party: RelyingParty) -> dict[str, Any]:
        """Options for `navigator.credentials.get`, the same for every account."""
        return {
            "rpId": party.id,
            "challenge": base64url_encode(await self._challenges.issue(ASSERTION, binding)),
            "timeout": _TIMEOUT,
            "userVerification": "preferred",
            "allowCredentials": [],
        }

    async def register(self, account: Account, response: PasskeyResponse, name: str) -> AcceptedPasskey:
        """The account's passkeys with the new one. Raises Refused, with what to do next."""
        if len(account.passkeys) >= MAX_PASSKEYS:
            raise Refused(
                "passkey-many", "Ce compte a déjà {most} clés d’accès.", "Enlevez-en une avant.", most=MAX_PASSKEYS
            )
        issued = await self._challenges.check(response.challenge, REGISTRATION, response.binding, account.challenge)
        if issued is None:
            raise _invalid()
        verified = await to_thread.run_sync(_verify_registration, response)
        id = base64url_encode(verified.credential_id)
        if any(passkey.id == id for passkey in account.passkeys):
            raise Refused("passkey-known", "Cette clé d’accès est déjà enregistrée.", "Il n’y a rien à faire.")
        passkey = Passkey(
            id,
            base64url_encode(verified.credential_public_key),
            verified.sign_count,
            response.relying_party.id,
            name.strip()[:MAX_NAME_LENGTH] or response.relying_party.id,
            self._today(),
        )
        return AcceptedPasskey((*account.passkeys, passkey), issued)

    async def verify(self, account: Account, response: PasskeyResponse) -> AcceptedPasskey | None:
        """Check a response against the account's passkeys; None if it is wrong, too old or used before.

        A signature counter that does not rise, which a copied authenticator shows, is wrong too.
        """
        issued = await self._challenges.check(response.challenge, ASSERTION, response.binding, account.challenge)
        passkey = _find_passkey(account, response)
        if issued is None or passkey is None:
            return None
        if response.user not in (None, base64url_encode(await self._user_handle(account))):
            return None
        count = await to_thread.run_sync(_verify_assertion, response, passkey)
        if count is None:
            return None
        used = replace(passkey, count=count, used=self._today())
        return AcceptedPasskey(tuple(used if other is passkey else other for other in account.passkeys), issued)

    async def _user_handle(self, account: Account) -> bytes:
        """The account's id for authenticators. It does not tell the name, and is the same for all its passkeys."""
        key = await self._secret.derive_key("user-handle")
        return hmac.digest(key, account.name.encode(), hashlib.sha256)

    def _today(self) -> str:
        return self._clock().date().isoformat()


def _find_passkey(account: Account, response: PasskeyResponse) -> Passkey | None:
    site = response.relying_party.id
    return next((key for key in account.passkeys if key.id == response.id and key.site == site), None)


def _verify_registration(response: PasskeyResponse) -> Any:
    """py_webauthn's VerifiedRegistration. Raises Refused."""
    import webauthn

    try:
        return webauthn.verify_registration_response(
            credential=response.text,
            expected_challenge=response.challenge,
            expected_rp_id=response.relying_party.id,
            expected_origin=response.relying_party.origin,
        )
    except Exception as error:  # errors of CBOR, ASN.1 and struct have no base in common with the library's own
        raise _invalid() from error


def _verify_assertion(response: PasskeyResponse, passkey: Passkey) -> int | None:
    """The new signature counter; None for anything but a valid assertion."""
    import webauthn

    try:
        verified = webauthn.verify_authentication_response(
            credential=response.text,
            expected_challenge=response.challenge,
            expected_rp_id=response.relying_party.id,
            expected_origin=response.relying_party.origin,
            credential_public_key=base64url_decode(passkey.public_key),
            credential_current_sign_count=passkey.count,
        )
    except Exception:  # as above
        return None
    return int(verified.new_sign_count)


def _invalid() -> Refused:
    return Refused("passkey-invalid", "Cette clé d’accès n’a pas été acceptée.", "Recommencez depuis cette page.")
