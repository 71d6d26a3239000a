"""Sessions: `session:DIGEST(token)` in the room `people`. Only the browser has the token; no address is kept, of the browser its name."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from server.accounts.account import Account, Accounts
from sync.canonical import base64url_encode, digest
from sync.store.contract import Collection, Record, Store, Write
from sync.store.ensure_saved import delete_records, ensure_saved
from sync.store.iteration import iterate_records

IDLE_TIMEOUT = datetime.timedelta(hours=24)
MAX_LIFETIME = datetime.timedelta(days=14)
SEEN_INTERVAL = datetime.timedelta(minutes=10)  # a session's last moment is written this often at most

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
    """`csrf`: what every form of this session holds; "" where it was read from a list, without the token."""

    id: str
    account: str
    generation: int
    began: str
    seen: str
    browser: str
    rev: str
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
        """The token of a new session. Sessions that are over are cleared away on this occasion."""
        token = base64url_encode(self._random(32))
        now = self._clock().isoformat()
        body = {
            "account": account.name,
            "generation": account.generation,
            "began": now,
            "seen": now,
            "browser": describe_browser(user_agent),
        }
        old = [Write(one.id, None, one.rev) for one in await self._list_all() if self._is_expired(one)]
        *_, opened = await self._store.write(Collection.PEOPLE, [*old, Write(_record_id(token), body)])
        ensure_saved(opened)
        return token

    async def find(self, token: str) -> tuple[Session, Account] | None:
        """The session and its account, both as they are now; None when either does not stand any more."""
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

    async def list_for(self, account: Account) -> list[Session]:
        """The account's open sessions, newest first."""
        own = (
            one
            for one in await self._list_all()
            if one.account == account.name and one.generation == account.generation
        )
        return sorted((one for one in own if not self._is_expired(one)), key=lambda one: one.seen, reverse=True)

    async def end(self, account: str, ids: set[str] | None = None, except_id: str = "") -> int:
        """End sessions of an account: those of `ids`, or all but `keep`. How many. Raises Unavailable: who hears "ended" counts on it."""
        own = [record for record in await self._scan() if record.body["account"] == account and record.id != except_id]
        ended = [record for record in own if ids is None or record.id in ids]
        await delete_records(self._store, Collection.PEOPLE, ended)
        return len(ended)

    async def _list_all(self) -> list[Session]:
        return [_session_from_record(record) for record in await self._scan()]

    async def _scan(self) -> list[Record]:
        return [record async for record in iterate_records(self._store, Collection.PEOPLE, "session:")]

    def _is_expired(self, session: Session) -> bool:
        now = self._clock()
        idle = now - datetime.datetime.fromisoformat(session.seen) > IDLE_TIMEOUT
        return idle or now - datetime.datetime.fromisoformat(session.began) > MAX_LIFETIME


def describe_browser(user_agent: str) -> str:
    """ "Firefox · Android": enough to know one's own session in a list, nothing that follows a person."""
    found = [next((name for sign, name in known if sign in user_agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name)


def _record_id(token: str) -> str:
    return f"session:{digest(token)}"


def _session_from_record(record: Record, token: str = "") -> Session:
    body = record.body
    csrf = digest(f"csrf:{token}") if token else ""
    return Session(
        record.id, body["account"], body["generation"], body["began"], body["seen"], body["browser"], record.rev, csrf
    )
