"""Sessions: the records `session:DIGEST(token)` of the collection `people`.

The token is stored by the browser alone. A record has the browser's name, but no IP address.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from server.accounts.account import Account, Accounts
from sync.canonical import base64url_encode, digest
from sync.errors import Conflict
from sync.store.checked_writes import delete_records, ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

IDLE_TIMEOUT = datetime.timedelta(hours=24)
MAX_LIFETIME = datetime.timedelta(days=14)
FRESH_FOR = datetime.timedelta(minutes=10)  # after the password was typed
SEEN_INTERVAL = datetime.timedelta(minutes=10)  # minimum between two updates of `seen`

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Session:
    """A session as stored.

    `csrf`: the token in every form of this session; "" for a session from a list. `seen`: the last use. `confirmed`:
    the last time that the person gave their credentials.
    """

    id: str
    account: str
    generation: int
    began: str
    seen: str
    browser: str
    rev: str
    confirmed: str
    csrf: str = ""


class Sessions:
    def __init__(
        self, store: Store, accounts: Accounts, clock: Callable[[], datetime.datetime], random: Callable[[int], bytes]
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock
        self._random = random

    async def create(self, account: Account, user_agent: str) -> str:
        """Open a session and return its token; expired sessions are deleted in the same write."""
        token = base64url_encode(self._random(32))
        now = self._clock().isoformat()
        body = {
            "account": account.name,
            "generation": account.generation,
            "began": now,
            "seen": now,
            "confirmed": now,
            "browser": describe_browser(user_agent),
        }
        expired = [
            Write(session.id, None, session.rev) for session in await self._list_all() if self._is_expired(session)
        ]
        *_, outcome = await self._store.write(Collection.PEOPLE, [*expired, Write(_record_id(token), body)])
        ensure_saved(outcome)
        return token

    async def find(self, token: str) -> tuple[Session, Account] | None:
        """The session and its account; None if either has ended or the password has changed since."""
        if not _TOKEN.fullmatch(token):
            return None
        record = await self._store.get(Collection.PEOPLE, _record_id(token))
        session = _session_from_record(record, token) if record else None
        if session is None or self._is_expired(session):
            return None
        account = await self._accounts.find(session.account)
        if account is None or account.closed or account.generation != session.generation:
            return None
        now = self._clock()
        if now - datetime.datetime.fromisoformat(session.seen) > SEEN_INTERVAL and record:
            await self._store.write(
                Collection.PEOPLE, [Write(session.id, {**record.body, "seen": now.isoformat()}, record.rev)]
            )
        return session, account

    def is_fresh(self, session: Session) -> bool:
        """True if the person gave their credentials within FRESH_FOR: deeds that give power ask for it."""
        return self._clock() - datetime.datetime.fromisoformat(session.confirmed) <= FRESH_FOR

    async def renew(self, session: Session) -> tuple[str, Session]:
        """End a session whose person has given their credentials now, and open another with a new token.

        Forms of the old session's pages stay good in the new one, so that nothing half-written is lost. Raises
        Conflict if the session ended meanwhile.
        """
        token = base64url_encode(self._random(32))
        now = self._clock().isoformat()
        while record := await self._store.get(Collection.PEOPLE, session.id):
            body = {**record.body, "began": now, "seen": now, "confirmed": now, "csrf": session.csrf}
            [outcome] = await self._store.write(Collection.PEOPLE, [Write(session.id, None, record.rev)])
            if isinstance(outcome, Stale):  # another request of this session noted its use
                continue
            ensure_saved(outcome)
            [outcome] = await self._store.write(Collection.PEOPLE, [Write(_record_id(token), body)])
            return token, _session_from_record(Record(_record_id(token), ensure_saved(outcome).rev, body), token)
        raise Conflict("session-over", "Votre session est finie.", "Entrez de nouveau.")

    async def list_for(self, account: Account) -> list[Session]:
        """Open sessions of the account, last used first."""
        own = (
            session
            for session in await self._list_all()
            if session.account == account.name and session.generation == account.generation
        )
        return sorted(
            (session for session in own if not self._is_expired(session)),
            key=lambda session: session.seen,
            reverse=True,
        )

    async def end(self, account: str, ids: set[str] | None = None, except_id: str = "") -> int:
        """End the sessions of an account with these `ids`, or all but `except_id`; returns their number.

        Returns only once the deletion is durable; raises Unavailable otherwise.
        """
        records = [
            record for record in await self._scan() if record.body["account"] == account and record.id != except_id
        ]
        sessions_to_end = [record for record in records if ids is None or record.id in ids]
        await delete_records(self._store, Collection.PEOPLE, sessions_to_end)
        return len(sessions_to_end)

    async def _list_all(self) -> list[Session]:
        return [_session_from_record(record) for record in await self._scan()]

    async def _scan(self) -> list[Record]:
        return [record async for record in iterate_records(self._store, Collection.PEOPLE, "session:")]

    def _is_expired(self, session: Session) -> bool:
        now = self._clock()
        idle = now - datetime.datetime.fromisoformat(session.seen) > IDLE_TIMEOUT
        return idle or now - datetime.datetime.fromisoformat(session.began) > MAX_LIFETIME


def describe_browser(user_agent: str) -> str:
    """Browser and system, such as "Firefox · Android": recognisable in a list of sessions, useless for tracking."""
    names = [next((name for sign, name in table if sign in user_agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in names if name)


def _record_id(token: str) -> str:
    return f"session:{digest(token)}"


def _session_from_record(record: Record, token: str = "") -> Session:
    body = record.body
    csrf = body.get("csrf") or digest(f"csrf:{token}") if token else ""
    return Session(
        record.id,
        body["account"],
        body["generation"],
        body["began"],
        body["seen"],
        body["browser"],
        record.rev,
        body.get("confirmed", body["began"]),  # 0.1.0 stored none
        csrf,
    )
