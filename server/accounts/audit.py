"""The journal of deeds: who did what to what, and when. `audit:{moment}:{random}` in the room `journal`, written once and never changed.

No secret and no reader's address is ever given to `AuditLog.record`.
"""

from __future__ import annotations

import datetime
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.web.state import Clock, HasApp
from sync.errors import BadRequest, KunnafoniError
from sync.store.contract import Collection, Record, Store, Write
from sync.store.ensure_saved import ensure_saved
from sync.store.iteration import iterate_range

log = logging.getLogger("kunnafoni.audit")

DAY = datetime.timedelta(days=1)

_ID = re.compile(r"audit:20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z:[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Deed:
    id: str
    who: str
    what: str
    target: str
    when: str
    detail: dict[str, Any]


class AuditLog:
    """The journal, to write and to read."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def record(self, who: str, what: str, target: str = "", **detail: Any) -> None:
        """Write a deed down. `who`: an account's name, "" for nobody signed in. Raises Unavailable when the store does not take it."""
        when = _stamp(self._clock())
        body = {"who": who, "what": what, "target": target[:200], "when": when, "detail": detail}
        [outcome] = await self._store.write(Collection.JOURNAL, [Write(f"audit:{when}:{secrets.token_hex(4)}", body)])
        ensure_saved(outcome)

    async def record_refusal(self, who: str, target: str, code: str) -> None:
        """A refused deed; the refusal stands even when the journal cannot take it."""
        try:
            await self.record(who, "refused", target, code=code)
        except KunnafoniError as error:
            log.warning("journal: %s", error.code)

    async def recent(
        self, count: int, before: str = "", keep: Callable[[Deed], bool] = lambda deed: True
    ) -> list[Deed]:
        """The newest deeds, newest first: at most `count`, of those `keep` wants, with ids below `before` ("": all)."""
        if before and not _ID.fullmatch(before):
            raise BadRequest("page-unknown", "Cette suite de liste n’existe pas.")
        first = await self._store.scan(Collection.JOURNAL, "audit:", "audit;", 1)
        if not first:
            return []
        found: list[Deed] = []
        end = before or "audit;"
        moment = _moment(before) if before else self._clock()
        window = DAY
        while len(found) < count and end > first[0].id:
            moment -= window
            start = "audit:" + _stamp(moment)
            deeds = [_deed(one) for one in await _between(self._store, start, end)]
            found += [deed for deed in reversed(deeds) if keep(deed)]
            end, window = start, window * 2
        return found[:count]


def audit_of(request: HasApp) -> AuditLog:
    audit: AuditLog = request.app.state.audit
    return audit


async def _between(store: Store, start: str, end: str) -> list[Record]:
    pages = iterate_range(store, Collection.JOURNAL, start, end)
    return [record async for page in pages for record in page]


def _stamp(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _moment(id: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(id.removeprefix("audit:").rpartition(":")[0].replace("Z", "+00:00"))
    except ValueError:
        raise BadRequest("page-unknown", "Cette suite de liste n’existe pas.") from None


def _deed(record: Record) -> Deed:
    body = record.body
    who, what, target, when = (str(body.get(name, "")) for name in ("who", "what", "target", "when"))
    return Deed(record.id, who, what, target, when, dict(body.get("detail") or {}))
