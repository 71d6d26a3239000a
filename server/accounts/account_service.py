"""The account service: accounts, passwords, invitations, sessions and sign-in, with the operations that span several.

Used by the console and the commands.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable

from anyio import to_thread

from server.accounts import second_factor
from server.accounts.account import Account, Accounts, Role
from server.accounts.invitations import AccountInvitation, AccountInvitations
from server.accounts.password_strength import check_strength
from server.accounts.passwords import Passwords
from server.accounts.sessions import Sessions
from server.accounts.sign_in import Authenticator
from server.accounts.site_words import read_site_words
from server.web.app_state import HasApp
from sync.errors import Refused
from sync.store.contract import Store


class AccountService:
    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime.datetime],
        passwords: Passwords | None = None,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._random = random
        self.passwords = passwords or Passwords()
        self.accounts = Accounts(store)
        self.invitations = AccountInvitations(store, clock, random)
        self.sessions = Sessions(store, self.accounts, clock, random)
        self.authenticator = Authenticator(self.accounts, self.passwords, clock)

    async def has_administrator(self) -> bool:
        return any(account.password and account.role is Role.ADMINISTRATOR for account in await self.accounts.all())

    async def invite(self, name: str, role: Role, display_name: str = "") -> str:
        """Create an account and return the token of its invitation. Raises Refused for a malformed or existing name."""
        await self.accounts.create(name, role, self._clock().date().isoformat(), display_name)
        return await self.invitations.create(name)

    async def accept_invitation(self, invitation: AccountInvitation, name: str, password: str) -> Account:
        """Redeem an invitation: set the password, remove the second factor and end all sessions of the account.

        Raises Refused for a closed account, a weak password or a taken name; Gone if the link was used meanwhile.
        """
        if invitation.account:
            account = await self.accounts.get(invitation.account)
            if account.closed:
                raise Refused("account-closed", "Ce compte est fermé.")
            await self._check_strength(password, account.name, account.display_name)
            await self.invitations.redeem(invitation)
        else:
            await self._check_strength(password, name)
            account = await self._create_first_administrator(invitation, name)
        account = await self.accounts.update(
            account,
            password=await self.passwords.hash(password),
            generation=account.generation + 1,
            totp="",
            step=0,
            recovery=(),
        )
        await self.sessions.end(account.name)
        return account

    async def change_password(self, account: Account, old: str, new: str) -> Account:
        """Change the password and end all sessions; the caller opens a new one for the person.

        Raises Refused for a wrong old or weak new password, TooManyTries after repeated failures.
        """
        self.authenticator.throttle.check(account.name)
        if not await self.passwords.verify(account.password, old):
            self.authenticator.throttle.record_failure(account.name)
            raise Refused("password-wrong", "L’ancien mot de passe n’est pas le bon.")
        await self._check_strength(new, account.name, account.display_name)
        updated = await self.accounts.update(
            account, password=await self.passwords.hash(new), generation=account.generation + 1
        )
        await self.sessions.end(account.name)
        return updated

    async def enable_second_factor(self, account: Account, secret: str, code: str) -> tuple[Account, list[str]]:
        """Enable TOTP; returns the account and recovery codes to show once. Raises Refused for a wrong code."""
        step = second_factor.find_step(secret, code.strip(), self._clock().timestamp())
        if step is None:
            raise Refused("code-wrong", "Ce code n’est pas le bon.", "Vérifiez l’heure de votre téléphone.")
        codes, digests = second_factor.generate_recovery_codes(self._random)
        return await self.accounts.update(account, totp=secret, step=step, recovery=digests), codes

    async def disable_second_factor(self, account: Account, password: str) -> Account:
        self.authenticator.throttle.check(account.name)
        if not await self.passwords.verify(account.password, password):
            self.authenticator.throttle.record_failure(account.name)
            raise Refused("password-wrong", "Le mot de passe n’est pas le bon.")
        return await self.accounts.update(account, totp="", step=0, recovery=())

    async def _check_strength(self, password: str, *words: str) -> None:
        site_words = await read_site_words(self._store)
        await to_thread.run_sync(check_strength, password, [*words, *site_words])

    async def _create_first_administrator(self, invitation: AccountInvitation, name: str) -> Account:
        existing = await self.accounts.find(name)
        account = existing or await self.accounts.create(name, Role.ADMINISTRATOR, self._clock().date().isoformat())
        if account.password or account.role is not Role.ADMINISTRATOR:
            raise Refused("account-taken", "Ce nom de compte est déjà pris.")
        await self.invitations.redeem(invitation)
        return account


def accounts_of(request: HasApp) -> AccountService:
    accounts: AccountService = request.app.state.accounts
    return accounts
