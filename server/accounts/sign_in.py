"""Sign-in: one error and the same duration for a wrong name, password or second factor.

Tries are counted before they are judged, by name; a browser that signed in to the account before counts by itself (see
`known_browser`). There is no count of all names together and none by address: neither can a stranger shut the sign-in
of others. Hashing is bounded by two fair queues, so that strangers never hold up known browsers. Counts are in this
process's memory; names are stored as digests, because people type passwords into the name field.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from server.accounts.account import Account, Accounts
from server.accounts.known_browser import find_nonce
from server.accounts.passwords import Passwords
from server.accounts.recovery_codes import RecoveryCodes, is_hashed
from server.accounts.second_factor import SecondFactorProof, SecondFactorVerifier
from server.web.fair_queue import FairQueue
from sync.canonical import digest
from sync.errors import KunnafoniError, Refused

FREE_TRIES = 4  # failures before the next try has to wait
FIRST_WAIT = 5.0  # seconds; doubled with each further failure
MAX_WAIT = 300.0  # seconds
MAX_COUNTS = 10_000  # names and browsers; filling it takes an attacker an hour of hashing
MAX_NAME_LENGTH = 100  # characters of a typed name that are looked at
QUEUE_WIDTH = 1  # hashes at a time in each queue; each needs 64 MB
QUEUE_PLACES = 32  # waiting tries in each queue: about ten seconds of hashing


class TooManyTries(Refused):
    """Too many failures with this name. `seconds`: the wait until the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "sign-in-wait", "Trop d’essais.", "Attendez {seconds} secondes, puis réessayez.", seconds=seconds
        )


class SignInThrottle:
    """Failures by key, a name or a known browser. `clock` returns seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Raises TooManyTries during a wait."""
        count, last = self._failures.get(digest(key), (0, 0.0))
        wait = min(MAX_WAIT, last + self._delay(count) - self._clock())
        if wait > 0:
            raise TooManyTries(int(wait) + 1)

    @contextmanager
    def attempt(self, key: str) -> Iterator[None]:
        """Count a try while it is judged, so that parallel ones cannot pass together.

        Leaving it normally means that the try was right, and forgets the failures. It stays counted if it raises
        Refused or is cut; any other error of ours gives it back. Raises TooManyTries during a wait.
        """
        self.check(key)
        key_digest = digest(key)
        count, last = self._failures.pop(key_digest, (0, 0.0))
        self._failures[key_digest] = (count + 1, self._clock())
        if len(self._failures) > MAX_COUNTS:
            self._failures.popitem(last=False)
        try:
            yield
        except Refused:
            raise
        except KunnafoniError:
            self._failures[key_digest] = (count, last)
            raise
        self._failures.pop(key_digest, None)

    @staticmethod
    def _delay(count: int) -> float:
        return 0.0 if count < FREE_TRIES else min(MAX_WAIT, FIRST_WAIT * 2 ** min(count - FREE_TRIES, 10))


class Authenticator:
    def __init__(
        self,
        accounts: Accounts,
        passwords: Passwords,
        second_factor: SecondFactorVerifier,
        recovery_codes: RecoveryCodes,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._second_factor = second_factor
        self._recovery_codes = recovery_codes
        self._throttle = SignInThrottle(monotonic)
        self._strangers = FairQueue(QUEUE_WIDTH, QUEUE_PLACES)
        self._known = FairQueue(QUEUE_WIDTH, QUEUE_PLACES)

    async def authenticate(
        self, name: str, password: str, proof: SecondFactorProof, browser_cookie: str = "", sender: str = ""
    ) -> Account:
        """The account of these credentials. Raises Refused without naming the wrong part.

        `browser_cookie`: see `known_browser`. `sender`: the request's network, for a fair turn alone. Raises
        TooManyTries, and Unavailable while too many tries wait; then nothing was judged or counted.
        """
        name = name[:MAX_NAME_LENGTH].strip().casefold()
        account = await self._accounts.find(name)
        nonce = find_nonce(browser_cookie, account) if account else ""
        key = f"{name}\n{nonce}"
        self._throttle.check(key)
        queue = self._known if nonce else self._strangers
        async with queue.turn(sender):
            with self._throttle.attempt(key):
                return await self._judge(account, password, proof)

    async def confirm(self, account: Account, password: str, proof: SecondFactorProof) -> Account:
        """The signed-in account, its credentials judged again. Raises as `authenticate`."""
        async with self._known.turn(account.name):
            with self._throttle.attempt(f"{account.name}\nsigned in"):
                return await self._judge(await self._accounts.find(account.name), password, proof)

    async def _judge(self, account: Account | None, password: str, proof: SecondFactorProof) -> Account:
        is_password_right = await self._passwords.verify(
            account.password if account and not account.closed else "", password
        )
        changes: dict[str, Any] | None = {}
        if account and account.has_second_factor:
            changes = await self._second_factor.verify(account, proof)
        else:
            await self._recovery_codes.use((), proof.code)
        if account is None or not is_password_right or changes is None:
            raise Refused(
                "sign-in-refused",
                "Le nom, le mot de passe ou le code n’est pas le bon.",
                "Réessayez, ou demandez un nouveau lien à la personne qui administre le site.",
            )
        if self._passwords.needs_rehash(account.password):
            changes["password"] = await self._passwords.hash(password)
        codes = changes.get("recovery", account.recovery)
        if not all(map(is_hashed, codes)):
            changes["recovery"] = await self._recovery_codes.hash_stored(codes)
        return await self._accounts.update(account, **changes) if changes else account
