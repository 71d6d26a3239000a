"""Sign-in: one error and the same duration for a wrong name, password or second factor.

Failures are throttled per name and in total, never per IP address. The counts are in this process's memory; names are
stored as digests, because people type passwords into the name field.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict, deque
from collections.abc import Callable

from server.accounts.account import Account, Accounts
from server.accounts.passwords import Passwords
from server.accounts.second_factor import SecondFactorProof, SecondFactorVerifier
from sync.canonical import digest
from sync.errors import Refused

FREE_TRIES = 4  # failures of a name before it has to wait
MAX_WAIT = 300.0  # seconds: an attacker can lock somebody out for five minutes at most
MAX_NAMES = 10_000
MAX_FAILURES_PER_MINUTE = 60  # failures of all names together


class TooManyTries(Refused):
    """Too many failures of this name, or of all names together."""


class SignInThrottle:
    def __init__(self, clock: Callable[[], datetime.datetime]) -> None:
        self._clock = clock
        self._failures_by_name: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._recent_failures: deque[float] = deque(maxlen=MAX_FAILURES_PER_MINUTE)

    def check(self, name: str) -> None:
        """Raises TooManyTries during a wait, whether or not the name exists."""
        now = self._clock().timestamp()
        count, last = self._failures_by_name.get(digest(name), (0, 0.0))
        wait = last + self._delay(count) - now
        if len(self._recent_failures) == MAX_FAILURES_PER_MINUTE and now - self._recent_failures[0] < 60:
            wait = max(wait, 60.0)
        if wait > 0:
            raise TooManyTries(
                "sign-in-wait", "Trop d’essais.", "Attendez {seconds} secondes, puis réessayez.", seconds=int(wait) + 1
            )

    def record_failure(self, name: str) -> None:
        now = self._clock().timestamp()
        name_digest = digest(name)
        self._failures_by_name[name_digest] = (self._failures_by_name.pop(name_digest, (0, 0.0))[0] + 1, now)
        self._recent_failures.append(now)
        while len(self._failures_by_name) > MAX_NAMES:
            self._failures_by_name.popitem(last=False)

    def record_success(self, name: str) -> None:
        self._failures_by_name.pop(digest(name), None)

    @staticmethod
    def _delay(count: int) -> float:
        return 0.0 if count < FREE_TRIES else min(MAX_WAIT, 5.0 * 2 ** min(count - FREE_TRIES, 10))


class Authenticator:
    def __init__(
        self,
        accounts: Accounts,
        passwords: Passwords,
        second_factor: SecondFactorVerifier,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._second_factor = second_factor
        self.throttle = SignInThrottle(clock)

    async def authenticate(self, name: str, password: str, proof: SecondFactorProof) -> Account:
        """The account of these credentials. Raises TooManyTries, or Refused without naming the wrong part."""
        name = name.strip().casefold()
        self.throttle.check(name)
        account = await self._accounts.find(name)
        is_password_right = await self._passwords.verify(
            account.password if account and not account.closed else "", password
        )
        changes = await self._second_factor.verify(account, proof) if account and account.has_second_factor else {}
        if account is None or not is_password_right or changes is None:
            self.throttle.record_failure(name)
            raise Refused("sign-in-refused", "Le nom, le mot de passe ou le code n’est pas le bon.")
        if self._passwords.needs_rehash(account.password):
            changes["password"] = await self._passwords.hash(password)
        self.throttle.record_success(name)
        return await self._accounts.update(account, **changes) if changes else account
