"""Changes of an account's second factor: TOTP, passkeys and recovery codes. Used by the person's own pages.

Each change takes a ConfirmedIdentity: a session alone, on a phone in another's hand, changes nothing. Callers end the
other sessions afterwards.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from server.accounts import second_factor
from server.accounts.account import Account, Accounts
from server.accounts.passkey_response import PasskeyResponse
from server.accounts.passkey_verifier import PasskeyVerifier
from server.accounts.recovery_codes import RecoveryCodes
from sync.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class ConfirmedIdentity:
    """The account of a person who has just given its password and second factor: `AccountService.confirm_identity`."""

    account: Account


class SecondFactorSettings:
    def __init__(
        self,
        accounts: Accounts,
        passkeys: PasskeyVerifier,
        recovery_codes: RecoveryCodes,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        self._accounts = accounts
        self._passkeys = passkeys
        self._recovery_codes = recovery_codes
        self._clock = clock

    def check_new_code(self, secret: str, code: str) -> int:
        """The time step of a code of a new secret. Raises Refused for a wrong code."""
        step = second_factor.find_step(secret, code.strip(), self._clock().timestamp())
        if step is None:
            raise Refused("code-wrong", "Ce code n’est pas le bon.", "Vérifiez l’heure de votre téléphone.")
        return step

    async def set_totp(self, identity: ConfirmedIdentity, secret: str, code: str) -> tuple[Account, list[str]]:
        """Set or replace the TOTP secret; returns the account and new recovery codes to show once.

        Raises Refused for a wrong code.
        """
        step = self.check_new_code(secret, code)
        codes, hashes = await self._recovery_codes.generate()
        return await self._accounts.update(identity.account, totp=secret, step=step, recovery=hashes), codes

    async def remove_totp(self, identity: ConfirmedIdentity) -> Account:
        return await self._update(identity.account, totp="", step=0)

    async def renew_recovery_codes(self, identity: ConfirmedIdentity) -> tuple[Account, list[str]]:
        """Replace the recovery codes; returns the account and the codes to show once."""
        if not identity.account.has_second_factor:
            raise Refused("second-missing", "Les codes de secours remplacent un code ou une clé d’accès.")
        codes, hashes = await self._recovery_codes.generate()
        return await self._accounts.update(identity.account, recovery=hashes), codes

    async def add_passkey(
        self, identity: ConfirmedIdentity, response: PasskeyResponse, name: str
    ) -> tuple[Account, list[str]]:
        """Add a passkey; with the first second factor, returns recovery codes to show once, else none.

        Raises Refused if the browser's response is not acceptable.
        """
        account = identity.account
        accepted = await self._passkeys.register(account, response, name)
        codes: list[str] = []
        hashes = account.recovery
        if not account.has_second_factor:
            codes, hashes = await self._recovery_codes.generate()
        updated = await self._accounts.update(
            account, passkeys=accepted.passkeys, challenge=accepted.challenge, recovery=hashes
        )
        return updated, codes

    async def remove_passkey(self, identity: ConfirmedIdentity, id: str) -> Account:
        """Raises NotFound if the account has no such passkey."""
        account = identity.account
        remaining = tuple(passkey for passkey in account.passkeys if passkey.id != id)
        if len(remaining) == len(account.passkeys):
            raise NotFound("passkey-unknown", "Cette clé d’accès n’existe pas.", "Rechargez la page.")
        return await self._update(account, passkeys=remaining)

    async def _update(self, account: Account, **changes: Any) -> Account:
        """Store changed fields; without a second factor, recovery codes replace nothing and go too."""
        has_second_factor = replace(account, **changes).has_second_factor
        return await self._accounts.update(account, **changes, **({} if has_second_factor else {"recovery": ()}))
