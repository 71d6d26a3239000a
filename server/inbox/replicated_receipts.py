"""Receipts for submissions that hubs received: written as records, which replication carries back to the hubs.

Each submission is judged first. Headquarters notes its own day of arrival with the first admission, since the clocks of
hubs and phones may be years off. A submission that is not admitted, not here yet, or not whole waits, ever longer, and
holds no other back. Used by the inbox service on the machine with the signing key.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from server.inbox.lookup_cache import NodeCache
from server.inbox.submission_conflicts import resolve_conflicts
from sync.errors import Unavailable
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Record, Store, Write
from sync.submissions.receipts import Receipt
from sync.submissions.record_admission import AdmittedRecord
from sync.submissions.related_records import HEADQUARTERS_NODE, arrival_from_record, receipt_from_body
from sync.submissions.submission import Submission

log = logging.getLogger("kunnafoni.inbox")

BATCH_SIZE = 200  # submissions of one turn
INTERVAL = 5.0  # seconds between turns when none is due, and before the first repetition of a submission that waits
LONGEST_WAIT = 3600.0  # seconds
CONFLICT_INTERVAL = 60.0  # seconds between two looks for conflicts: one request to CouchDB
MAX_WAITING = 100_000  # submissions; beyond it the oldest are forgotten until the next start
TRANSPORT = "hub"


@dataclass
class _Waiting:
    due_at: float
    delay: float = INTERVAL


@dataclass
class ReplicatedReceipts:
    """`make_receipt` returns None while attachments are missing. `today`: this machine's day."""

    store: Store
    node_cache: NodeCache
    make_receipt: Callable[[Submission], Awaitable[Receipt | None]]
    today: Callable[[], str]
    monotonic_clock: Callable[[], float] = time.monotonic
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _resolved_at: float = 0.0

    def queue(self, ids: Iterable[str]) -> None:
        """Take up submissions that another node says it received."""
        for id in ids:
            self._waiting[id] = _Waiting(self.monotonic_clock())
        while len(self._waiting) > MAX_WAITING:
            del self._waiting[next(iter(self._waiting))]

    def hasten(self, ids: Iterable[str]) -> None:
        """Look again at those that wait, because their record has come."""
        self.queue(id for id in ids if id in self._waiting)

    async def turn(self) -> float:
        """Write what is due; return the seconds until the next turn. Raises Unavailable; then all are due again."""
        now = self.monotonic_clock()
        if now - self._resolved_at >= CONFLICT_INTERVAL:
            await resolve_conflicts(self.store, self.node_cache.record_admission)
            self._resolved_at = now
        due = [id for id, waiting in self._waiting.items() if waiting.due_at <= now]
        batch = due[:BATCH_SIZE]
        finished = await self._write_isolated(batch) if batch else set()
        for id in batch:
            waiting = self._waiting.get(id)
            if id in finished or waiting is None:
                self._waiting.pop(id, None)
            else:
                waiting.due_at = now + waiting.delay
                waiting.delay = min(2 * waiting.delay, LONGEST_WAIT)
        return 0.0 if len(due) > len(batch) else INTERVAL

    async def _write_isolated(self, ids: Sequence[str]) -> set[str]:
        """Write for all ids; after an unexpected error by halves, so that one of them holds no other back."""
        try:
            return await self.write(ids)
        except Unavailable:
            raise
        except Exception as error:
            if len(ids) > 1:
                middle = len(ids) // 2
                return await self._write_isolated(ids[:middle]) | await self._write_isolated(ids[middle:])
            log.error("receipt of %s: %s", ids[0], type(error).__name__)
            return set()

    async def write(self, ids: Sequence[str]) -> set[str]:
        """Write arrivals and receipts; return the ids that need no further turn. Raises Unavailable."""
        record_ids = await self.node_cache.find_record_ids(ids)
        related_ids = [related for id in ids for related in (f"receipt:{id}", _arrival_id(id))]
        records = await self.store.get_many(Collection.FEEDBACK, [*record_ids.values(), *related_ids])
        receipts = {id: _read_receipt(records.get(f"receipt:{id}")) for id in ids}
        arrivals = {id: _read_day(records.get(_arrival_id(id))) for id in ids}
        finished = {id for id in ids if self.node_cache.is_erased(id) or (receipts[id] is not None and arrivals[id])}
        open_records = [
            records[record_id] for id, record_id in record_ids.items() if id not in finished and record_id in records
        ]
        arrival_days = {id: day for id, day in arrivals.items() if day}
        writes: list[Write] = []
        for verdict in await self.node_cache.record_admission.judge(open_records, arrival_days):
            if isinstance(verdict, AdmittedRecord):
                id, stored = verdict.submission.id, receipts[verdict.submission.id]
                receipt = stored or await self.make_receipt(verdict.submission)
                if not arrivals[id]:
                    day = min(stored.date, self.today()) if stored else self.today()
                    writes.append(_write_over(records, _arrival_id(id), {"day": day, "road": TRANSPORT}))
                if receipt and not stored:
                    writes.append(_write_over(records, f"receipt:{id}", receipt.as_record()))
                if receipt:
                    finished.add(id)
        if writes:
            ensure_all_present(await self.store.write(Collection.FEEDBACK, writes))
        return finished


def _arrival_id(id: str) -> str:
    return f"received:{id}:{HEADQUARTERS_NODE}"


def _read_receipt(record: Record | None) -> Receipt | None:
    return receipt_from_body(record.body) if record else None


def _read_day(record: Record | None) -> str:
    arrival = arrival_from_record(record) if record else None
    return arrival.day if arrival else ""


def _write_over(records: dict[str, Record], id: str, body: dict[str, str | int]) -> Write:
    """A write in the place of a malformed record, if there is one."""
    return Write(id, body, records[id].rev if id in records else None)
