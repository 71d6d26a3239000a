"""The audit log ("journal" in the console): the actor, action, target and time of each change.

Records `audit:{timestamp}:{random}` of the collection `journal`, written once and never changed. Callers pass no secret
and no reader's address. Refusals of strangers are counted in memory and written by a background job.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio

from server.accounts.refusal_counts import RefusalCount, RefusalCounts, RefusalKind
from server.web.app_state import Clock, HasApp
from sync.errors import BadRequest, KunnafoniError
from sync.store.checked_writes import ensure_all_present, ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_range

log = logging.getLogger("kunnafoni.audit")

FLUSH_INTERVAL = 60.0  # seconds between two looks at the counts of refusals
STOP_TIMEOUT = 5.0  # seconds that a stopping process may spend on writing them
FIRST_WINDOW = datetime.timedelta(days=1)  # searched first; doubled until enough entries match

_ENTRY_ID = re.compile(
    r"audit:20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9]{6}Z:[0-9a-f]{8}"
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: str
    who: str
    what: str
    target: str
    when: str
    detail: dict[str, Any]


class AuditLog:
    """Appends audit entries and lists the recent ones."""

    def __init__(self, store: Store, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._refusals = RefusalCounts(monotonic)

    async def record(self, actor: str, action: str, target: str = "", **detail: Any) -> None:
        """Append an entry; returns once it is durable. Raises Unavailable if the store cannot save it.

        `actor`: an account's name, "" without a signed-in account. `target` is cut to 200 characters.
        """
        await self._write([self._make_entry(actor, action, target, detail)])

    async def record_once(
        self, key: str, moment: datetime.datetime, actor: str, action: str, target: str, **detail: Any
    ) -> None:
        """Append the entry of the event that `key` names, which happened at `moment`; repeating it changes nothing.

        Raises Unavailable as `record`.
        """
        timestamp = _format_time(moment)
        entry = self._make_entry(actor, action, target, detail)
        suffix = hashlib.sha256(key.encode()).hexdigest()[:8]
        body = {**(entry.body or {}), "when": timestamp}
        ensure_all_present(await self._store.write(Collection.JOURNAL, [Write(f"audit:{timestamp}:{suffix}", body)]))

    async def record_refusal(self, actor: str, target: str, code: str) -> None:
        """Append a refused action of a signed-in account; repetitions within the hour are counted.

        Never raises: a failing store is logged, and the refusal is counted until it answers.
        """
        self.count_refusal(actor, target, code)
        await self.flush_refusals()

    def count_refusal(self, actor: str, target: str, code: str) -> None:
        """Count a refusal, to be written by `turn`. `target`: one of a fixed list, never a text of the request.

        For requests without a session: they cost no write, and none that tells existing accounts from others by time.
        """
        self._refusals.add(RefusalKind(actor, target[:200], code), _format_time(self._clock()))

    async def flush_refusals(self, at_end: bool = False) -> None:
        """Append the counts that are due, or all of them `at_end` of the process. Never raises KunnafoniError."""
        counts = self._refusals.take_all() if at_end else self._refusals.take_due()
        if not counts:
            return
        try:
            await self._write([self._make_refusal_entry(refusal) for refusal in counts])
        except KunnafoniError as error:
            self._refusals.restore(counts)
            log.warning("journal: %s", error.code)

    async def turn(self) -> float:
        """Write the counts of refusals that are due; return the seconds until the next turn."""
        await self.flush_refusals()
        return FLUSH_INTERVAL

    @asynccontextmanager
    async def writing_last(self) -> AsyncIterator[None]:
        """Write all counts of refusals at the end of the context, also when it is cancelled."""
        try:
            yield
        finally:
            with anyio.move_on_after(STOP_TIMEOUT, shield=True):
                await self.flush_refusals(at_end=True)

    async def _write(self, entries: list[Write]) -> None:
        for outcome in await self._store.write(Collection.JOURNAL, entries):
            ensure_saved(outcome)

    def _make_entry(self, actor: str, action: str, target: str, detail: dict[str, Any]) -> Write:
        timestamp = _format_time(self._clock())
        body = {"who": actor, "what": action, "target": target[:200], "when": timestamp, "detail": detail}
        return Write(f"audit:{timestamp}:{secrets.token_hex(4)}", body)

    def _make_refusal_entry(self, refusal: RefusalCount) -> Write:
        detail: dict[str, Any] = {"code": refusal.kind.code}
        if refusal.count > 1:
            detail |= {"count": refusal.count, "since": refusal.since[:16]}
        return self._make_entry(refusal.kind.actor, "refused", refusal.kind.target, detail)

    async def list_recent(
        self, count: int, before: str = "", matches: Callable[[AuditEntry], bool] = lambda entry: True
    ) -> list[AuditEntry]:
        """At most `count` matching entries, newest first, with ids below `before` ("" for no bound).

        Raises BadRequest if `before` is not the id of an entry.
        """
        if before and not _ENTRY_ID.fullmatch(before):
            raise BadRequest("page-unknown", "Cette suite de liste n’existe pas.", "Rechargez la page.")
        oldest = await self._store.scan(Collection.JOURNAL, "audit:", "audit;", 1)
        if not oldest:
            return []
        entries: list[AuditEntry] = []
        end = before or "audit;"
        moment = _parse_time(before) if before else self._clock()
        window = FIRST_WINDOW
        while len(entries) < count and end > oldest[0].id:
            moment -= window
            start = "audit:" + _format_time(moment)
            scanned = [_entry_from_record(record) for record in await _scan(self._store, start, end)]
            entries += [entry for entry in reversed(scanned) if matches(entry)]
            end, window = start, window * 2
        return entries[:count]


def audit_of(request: HasApp) -> AuditLog:
    audit: AuditLog = request.app.state.audit
    return audit


async def _scan(store: Store, start: str, end: str) -> list[Record]:
    pages = iterate_range(store, Collection.JOURNAL, start, end)
    return [record async for page in pages for record in page]


def _format_time(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _parse_time(id: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(id.removeprefix("audit:").rpartition(":")[0].replace("Z", "+00:00"))
    except ValueError:
        raise BadRequest("page-unknown", "Cette suite de liste n’existe pas.", "Rechargez la page.") from None


def _entry_from_record(record: Record) -> AuditEntry:
    body = record.body
    who, what, target, when = (str(body.get(name, "")) for name in ("who", "what", "target", "when"))
    return AuditEntry(record.id, who, what, target, when, dict(body.get("detail") or {}))
