"""Everything about accounts in one place, built once for the services, and the deeds that touch several parts at once."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable

from server.accounts import second_factor
from server.accounts.account import Account, Accounts, Role
from server.accounts.invitations import AccountInvitation, AccountInvitations
from server.accounts.passwords import Passwords, check_strength
from server.accounts.sessions import Sessions
from server.accounts.sign_in import Authenticator
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
        self._clock = clock
        self._random = random
        self.passwords = passwords or Passwords()
        self.accounts = Accounts(store)
        self.invitations = AccountInvitations(store, clock, random)
        self.sessions = Sessions(store, self.accounts, clock, random)
        self.authenticator = Authenticator(self.accounts, self.passwords, clock)

    async def invite_first_administrator(self) -> str | None:
        """The secret of a link that makes the first administrator; None when somebody can administer already."""
        if any(account.password and account.role is Role.ADMINISTRATOR for account in await self.accounts.all()):
            return None
        return await self.invitations.create("")

    async def invite(self, name: str, role: Role, display_name: str = "") -> str:
        """A new account and the secret of the link by which its person joins."""
        await self.accounts.create(name, role, self._clock().date().isoformat(), display_name)
        return await self.invitations.create(name)

    async def accept_invitation(self, invitation: AccountInvitation, name: str, password: str) -> Account:
        """Take a link: the account with its new password. Every session it had ends."""
        if invitation.account:
            account = await self.accounts.get(invitation.account)
            if account.closed:
                raise Refused("account-closed", "Ce compte est fermé.")
            check_strength(password, account.name)
            await self.invitations.redeem(invitation)
        else:
            check_strength(password, name)
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
        """Raises Refused when the old one is not the old one. Every session ends, this one too: its holder gets a new one."""
        self.authenticator.throttle.check(account.name)
        if not await self.passwords.verify(account.password, old):
            self.authenticator.throttle.record_failure(account.name)
            raise Refused("password-wrong", "L’ancien mot de passe n’est pas le bon.")
        check_strength(new, account.name)
        changed = await self.accounts.update(
            account, password=await self.passwords.hash(new), generation=account.generation + 1
        )
        await self.sessions.end(account.name)
        return changed

    async def enable_second_factor(self, account: Account, secret: str, code: str) -> tuple[Account, list[str]]:
        """The account and its recovery codes, to be shown once. Raises Refused when the phone does not give the right code."""
        step = second_factor.find_step(secret, code.strip(), self._clock().timestamp())
        if step is None:
            raise Refused("code-wrong", "Ce code n’est pas le bon.", "Vérifiez l’heure de votre téléphone.")
        shown, kept = second_factor.generate_recovery_codes(self._random)
        return await self.accounts.update(account, totp=secret, step=step, recovery=kept), shown

    async def disable_second_factor(self, account: Account, password: str) -> Account:
        self.authenticator.throttle.check(account.name)
        if not await self.passwords.verify(account.password, password):
            self.authenticator.throttle.record_failure(account.name)
            raise Refused("password-wrong", "Le mot de passe n’est pas le bon.")
        return await self.accounts.update(account, totp="", step=0, recovery=())

    async def _create_first_administrator(self, invitation: AccountInvitation, name: str) -> Account:
        held = await self.accounts.find(name)
        made = held or await self.accounts.create(name, Role.ADMINISTRATOR, self._clock().date().isoformat())
        if made.password or made.role is not Role.ADMINISTRATOR:
            raise Refused("account-taken", "Ce nom de compte est déjà pris.")
        await self.invitations.redeem(invitation)
        return made


def accounts_of(request: HasApp) -> AccountService:
    accounts: AccountService = request.app.state.accounts
    return accounts
