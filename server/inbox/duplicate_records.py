"""Several records of one submission: equal ones become one, and one with other content never displaces an honest one.

Two processes or nodes may store the same submission under two record ids; the id that sorts first is kept. A record
that is not admitted stays where it is, in the quarantine. Used by the node cache.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from sync.store.contract import Collection, Record, Saved, Store, Write
from sync.store.limits import json_equal
from sync.submissions.record_admission import AdmittedRecord, JudgedRecord
from sync.submissions.record_ids import RecordIds, submission_id_of


class DuplicateRecords:
    """The duplicates known to one process. `judge` gives a verdict for each record, in order."""

    def __init__(
        self,
        store: Store,
        record_ids: RecordIds,
        judge: Callable[[Sequence[Record]], Awaitable[list[JudgedRecord]]],
    ) -> None:
        self._store = store
        self._record_ids = record_ids
        self._judge = judge
        self._originals: dict[str, str] = {}  # record id of each duplicate -> record id of the original
        self._unsound: dict[str, set[str]] = {}  # submission id -> record ids with other content

    def learn(self, record_ids: Iterable[str]) -> None:
        self._originals |= self._record_ids.learn(record_ids)

    def list_records(self, ids: AbstractSet[str]) -> list[str]:
        """Further record ids of these submissions: those to erase with them."""
        unresolved = [record_id for record_id in self._originals if submission_id_of(record_id) in ids]
        return [*unresolved, *(record_id for id in self._unsound if id in ids for record_id in self._unsound[id])]

    async def resolve(self, erased: AbstractSet[str]) -> None:
        """Erase each duplicate once its original is durable; the others stay for a later turn."""
        originals = {
            duplicate: original
            for duplicate, original in self._originals.items()
            if submission_id_of(duplicate) not in erased
        }
        if not originals:
            self._originals = {}
            return
        records = await self._store.get_many(Collection.FEEDBACK, [*originals, *originals.values()])
        verdicts = await self._judge(list(records.values()))
        admitted = {verdict.record.id for verdict in verdicts if isinstance(verdict, AdmittedRecord)}
        pending = {
            duplicate: original
            for duplicate, original in originals.items()
            if duplicate in records and self._are_equal(duplicate, original, records, admitted)
        }
        durable = await self._keep_originals(pending, records)
        dropped = [duplicate for duplicate, original in pending.items() if original in durable]
        if dropped:
            await self._store.erase(Collection.FEEDBACK, dropped)
        self._originals = {duplicate: original for duplicate, original in pending.items() if original not in durable}

    def _are_equal(self, duplicate: str, original: str, records: dict[str, Record], admitted: AbstractSet[str]) -> bool:
        """True if the duplicate can go; otherwise note which of the two contains the submission."""
        if original in records and json_equal(records[duplicate].body, records[original].body):
            return True
        if duplicate in admitted and (original in admitted or original not in records):
            return True
        id = submission_id_of(duplicate)
        if duplicate in admitted:
            self._record_ids.choose(duplicate)
        self._unsound.setdefault(id, set()).add(original if duplicate in admitted else duplicate)
        return False

    async def _keep_originals(self, pending: dict[str, str], records: dict[str, Record]) -> set[str]:
        """The originals that are durable, after another write of each."""
        bodies = {original: records.get(original, records[duplicate]).body for duplicate, original in pending.items()}
        outcomes = (
            await self._store.write(Collection.FEEDBACK, [Write(id, body) for id, body in bodies.items()])
            if bodies
            else []
        )
        return {outcome.id for outcome in outcomes if isinstance(outcome, Saved)}
