"""The account service: accounts, passwords, second factors, invitations, sessions and sign-in, with the operations that
span several.

Used by the console and the commands.
"""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Callable

from anyio import to_thread

from server.accounts import known_browser
from server.accounts.account import Account, Accounts, Role
from server.accounts.draft_key import DraftKeys
from server.accounts.invitations import AccountInvitation, AccountInvitations
from server.accounts.passkey_verifier import PasskeyVerifier
from server.accounts.password_strength import check_strength
from server.accounts.passwords import Passwords
from server.accounts.recovery_codes import HASHER as RECOVERY_HASHER
from server.accounts.recovery_codes import RecoveryCodes
from server.accounts.second_factor import SecondFactorProof, SecondFactorVerifier
from server.accounts.second_factor_settings import ConfirmedIdentity, SecondFactorSettings
from server.accounts.sessions import Sessions
from server.accounts.sign_in import Authenticator, TooManyTries
from server.accounts.site_secret import SiteSecret
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
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._clock = clock
        self.passwords = passwords or Passwords()
        self.accounts = Accounts(store)
        self.invitations = AccountInvitations(store, clock, random)
        self.sessions = Sessions(store, self.accounts, clock, random)
        self._random = random
        self.site_secret = SiteSecret(store, random)
        self.passkeys = PasskeyVerifier(self.site_secret, clock, random)
        self.draft_keys = DraftKeys(self.site_secret)
        recovery_codes = RecoveryCodes(passwords or Passwords(RECOVERY_HASHER), random)
        verifier = SecondFactorVerifier(self.passkeys, recovery_codes, clock)
        self.authenticator = Authenticator(self.accounts, self.passwords, verifier, recovery_codes, monotonic)
        self.second_factor = SecondFactorSettings(self.accounts, self.passkeys, recovery_codes, clock)

    def remember_browser(self, cookie: str, account: Account) -> str:
        """The new value of a browser's cookie (see `known_browser`) after a sign-in to the account."""
        return known_browser.add_token(cookie, account, self._random)

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
                raise Refused(
                    "account-closed", "Ce compte est fermé.", "Demandez à la personne qui administre le site."
                )
            await self.check_new_password(account, password)
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
            passkeys=(),
        )
        await self.sessions.end(account.name)
        return account

    async def confirm_identity(self, account: Account, password: str, proof: SecondFactorProof) -> ConfirmedIdentity:
        """Check the credentials of a signed-in person again: the password, and the second factor if there is one.

        Raises Refused if one of them is wrong, without naming it, and TooManyTries after repeated failures.
        """
        try:
            return ConfirmedIdentity(await self.authenticator.confirm(account, password, proof))
        except TooManyTries:
            raise
        except Refused as error:
            if not account.has_second_factor:
                raise Refused("password-wrong", "Le mot de passe n’est pas le bon.", "Réessayez.") from error
            raise Refused(
                "identity-wrong",
                "Le mot de passe, le code ou la clé d’accès n’est pas le bon.",
                "Réessayez, ou prenez un code de secours.",
            ) from error

    async def check_new_password(self, account: Account, password: str) -> None:
        """Raises Refused for a weak password."""
        await self._check_strength(password, account.name, account.display_name)

    async def change_password(self, identity: ConfirmedIdentity, password: str) -> Account:
        """Change the password and end all sessions; the caller opens a new one for the person.

        Raises Refused for a weak password.
        """
        account = identity.account
        await self.check_new_password(account, password)
        updated = await self.accounts.update(
            account, password=await self.passwords.hash(password), generation=account.generation + 1
        )
        await self.sessions.end(account.name)
        return updated

    async def _check_strength(self, password: str, *words: str) -> None:
        site_words = await read_site_words(self._store)
        await to_thread.run_sync(check_strength, password, [*words, *site_words])

    async def _create_first_administrator(self, invitation: AccountInvitation, name: str) -> Account:
        existing = await self.accounts.find(name)
        account = existing or await self.accounts.create(name, Role.ADMINISTRATOR, self._clock().date().isoformat())
        if account.password or account.role is not Role.ADMINISTRATOR:
            raise Refused("account-taken", "Ce nom de compte est déjà pris.", "Choisissez-en un autre.")
        await self.invitations.redeem(invitation)
        return account


def accounts_of(request: HasApp) -> AccountService:
    accounts: AccountService = request.app.state.accounts
    return accounts
