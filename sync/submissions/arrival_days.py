"""Days on which submissions arrived: the first on any node, and headquarters' own. Used by the submission reader.

Retention and tables count from the first day. A seal of kind 1 is judged by headquarters' day, which no carrier writes.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass, field

from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records
from sync.submissions.record_ids import is_submission_id
from sync.submissions.related_records import arrival_from_record, receipt_from_body
from sync.submissions.submission import Submission


@dataclass(frozen=True, slots=True)
class ArrivalDays:
    """Days (YYYY-MM-DD) by submission id, from the records `received:{id}:{node}` and `receipt:{id}`."""

    first: dict[str, str] = field(default_factory=dict)
    headquarters: dict[str, str] = field(default_factory=dict)

    def first_day(self, submission: Submission) -> str:
        """First day on any node; without a record it came directly on the day it was finished."""
        return self.first.get(submission.id, submission.day)

    def headquarters_day(self, submission: Submission) -> str:
        """The day on which headquarters received it; "" while only another node's day is known."""
        return self.headquarters.get(submission.id, "" if submission.id in self.first else submission.day)

    async def add(self, records: AsyncIterable[Record]) -> None:
        async for record in records:
            if arrival := arrival_from_record(record):
                self.first[arrival.id] = min(arrival.day, self.first.get(arrival.id, arrival.day))
                if arrival.is_headquarters:
                    self._add_headquarters(arrival.id, arrival.day)
            elif receipt := receipt_from_body(record.body):
                id = record.id.removeprefix("receipt:")
                if is_submission_id(id):
                    self._add_headquarters(id, receipt.date)

    def _add_headquarters(self, id: str, day: str) -> None:
        self.headquarters[id] = min(day, self.headquarters.get(id, day))


async def read_arrival_days(store: Store, id: str = "") -> ArrivalDays:
    """Days of one submission, or of all ("")."""
    days = ArrivalDays()
    await days.add(iterate_records(store, Collection.FEEDBACK, f"received:{id}:" if id else "received:"))
    await days.add(iterate_records(store, Collection.FEEDBACK, f"receipt:{id}"))
    return days
