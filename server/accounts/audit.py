"""The audit log ("journal" in the console): the actor, action, target and time of each change.

Records `audit:{timestamp}:{random}` of the collection `journal`, written once and never changed. Callers pass no secret
and no reader's address.
"""

from __future__ import annotations

import datetime
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.web.app_state import Clock, HasApp
from sync.errors import BadRequest, KunnafoniError
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_range

log = logging.getLogger("kunnafoni.audit")

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

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def record(self, actor: str, action: str, target: str = "", **detail: Any) -> None:
        """Append an entry; returns once it is durable. Raises Unavailable if the store cannot save it.

        `actor`: an account's name, "" without a signed-in account. `target` is cut to 200 characters.
        """
        timestamp = _format_time(self._clock())
        body = {"who": actor, "what": action, "target": target[:200], "when": timestamp, "detail": detail}
        [outcome] = await self._store.write(
            Collection.JOURNAL, [Write(f"audit:{timestamp}:{secrets.token_hex(4)}", body)]
        )
        ensure_saved(outcome)

    async def record_refusal(self, actor: str, target: str, code: str) -> None:
        """Append a refused action. Never raises: a failing store is logged."""
        try:
            await self.record(actor, "refused", target, code=code)
        except KunnafoniError as error:
            log.warning("journal: %s", error.code)

    async def list_recent(
        self, count: int, before: str = "", matches: Callable[[AuditEntry], bool] = lambda entry: True
    ) -> list[AuditEntry]:
        """At most `count` matching entries, newest first, with ids below `before` ("" for no bound).

        Raises BadRequest if `before` is not the id of an entry.
        """
        if before and not _ENTRY_ID.fullmatch(before):
            raise BadRequest("page-unknown", "Cette suite de liste n’existe pas.")
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
        raise BadRequest("page-unknown", "Cette suite de liste n’existe pas.") from None


def _entry_from_record(record: Record) -> AuditEntry:
    body = record.body
    who, what, target, when = (str(body.get(name, "")) for name in ("who", "what", "target", "when"))
    return AuditEntry(record.id, who, what, target, when, dict(body.get("detail") or {}))
