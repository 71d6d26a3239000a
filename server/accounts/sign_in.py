"""Signing in: one answer for a wrong name, password or code, as slow for each; tries are counted by name and in all, never by address.

Counts live in this process's memory: a name is kept as its digest, since people type passwords into the wrong box.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict, deque
from collections.abc import Callable

from server.accounts import second_factor
from server.accounts.account import Account, Accounts
from server.accounts.passwords import Passwords
from sync.canonical import digest
from sync.errors import Refused

FREE_TRIES = 4  # before a name has to wait
LONGEST_WAIT = 300.0  # seconds: whoever wants to keep somebody out gains five minutes at most
NAMES_COUNTED = 10_000
ALL_TRIES = 60  # wrong tries a minute of all names together


class TooManyTries(Refused):
    """The name, or everybody, has to wait."""


class Throttle:
    def __init__(self, clock: Callable[[], datetime.datetime]) -> None:
        self._clock = clock
        self._by_name: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=ALL_TRIES)

    def check(self, name: str) -> None:
        """Raises TooManyTries, the same whether or not the name exists."""
        now = self._clock().timestamp()
        count, last = self._by_name.get(digest(name), (0, 0.0))
        wait = last + self._wait(count) - now
        if len(self._all) == ALL_TRIES and now - self._all[0] < 60:
            wait = max(wait, 60.0)
        if wait > 0:
            raise TooManyTries(
                "sign-in-wait", "Trop d’essais.", "Attendez {seconds} secondes, puis réessayez.", seconds=int(wait) + 1
            )

    def wrong(self, name: str) -> None:
        now = self._clock().timestamp()
        key = digest(name)
        self._by_name[key] = (self._by_name.pop(key, (0, 0.0))[0] + 1, now)
        self._all.append(now)
        while len(self._by_name) > NAMES_COUNTED:
            self._by_name.popitem(last=False)

    def right(self, name: str) -> None:
        self._by_name.pop(digest(name), None)

    @staticmethod
    def _wait(count: int) -> float:
        return 0.0 if count < FREE_TRIES else min(LONGEST_WAIT, 5.0 * 2 ** min(count - FREE_TRIES, 10))


class SignIn:
    def __init__(self, accounts: Accounts, passwords: Passwords, clock: Callable[[], datetime.datetime]) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._clock = clock
        self.throttle = Throttle(clock)

    async def check(self, name: str, password: str, code: str) -> Account:
        """The account. Raises TooManyTries, or Refused without telling which part was wrong."""
        name = name.strip().casefold()
        self.throttle.check(name)
        account = await self._accounts.find(name)
        fits = await self._passwords.fits(account.password if account and not account.closed else "", password)
        taken = second_factor.take(account, code, self._clock().timestamp()) if account and account.totp else None
        if account is None or not fits or (account.totp and taken is None):
            self.throttle.wrong(name)
            raise Refused("sign-in-refused", "Le nom, le mot de passe ou le code n’est pas le bon.")
        changes: dict[str, object] = {"step": taken.step, "recovery": taken.recovery} if taken else {}
        if self._passwords.needs_new_hash(account.password):
            changes["password"] = await self._passwords.hash(password)
        self.throttle.right(name)
        return await self._accounts.change(account, **changes) if changes else account
