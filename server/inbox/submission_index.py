"""Index of all submissions in memory for the console's lists. Loaded on first use, updated by the node cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import anyio

from server.web.app_state import HasApp
from sync.errors import Refused
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_pages, iterate_records
from sync.submissions.record_admission import ERASED, JudgedRecord, RecordAdmission, RefusedRecord
from sync.submissions.record_ids import submission_id_of
from sync.submissions.related_records import (
    Arrival,
    answer_from_body,
    arrival_from_record,
    handling_from_body,
    malformed_record,
)
from sync.submissions.submission import normalize_code, receipt_code

PAGE_SIZE = 1000
KINDS = ("submission", "received", "handling", "answer", "erased")
WAITING_CODES = ("form-unknown", "device-unknown")
WAITING_INTERVAL = 60.0  # seconds between two judgements of records that wait for their form or device
NEW, TAKEN, DONE = "new", "taken", "done"
STATES = (NEW, TAKEN, DONE)


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """One submission in a list. `who`: the account that handles it.

    `arrived`: headquarters' own day of arrival, "" if it noted none: then the submission either came directly on its
    own day, or (`noted_arrival`: a node noted its arrival) was not judged at headquarters yet.
    """

    id: str
    form: str
    version: str
    day: str
    place: str
    device: str
    sealed: bool
    arrived: str = ""
    noted_arrival: bool = False
    state: str = NEW
    who: str = ""
    answered: bool = False

    @property
    def code(self) -> str:
        return receipt_code(self.id)


@dataclass(frozen=True, slots=True)
class QuarantinedRecord:
    """A record that is not admitted, or a related one that is malformed, with the reason."""

    record_id: str
    error: Refused

    @property
    def code(self) -> str:
        return self.error.code


@dataclass(frozen=True, slots=True)
class SubmissionFilter:
    """Criteria of a list; an empty value matches everything."""

    form: str = ""
    place: str = ""
    first: str = ""
    last: str = ""
    state: str = ""
    who: str = ""
    device: str = ""

    def matches(self, summary: SubmissionSummary) -> bool:
        return (
            self.form in ("", summary.form)
            and (not self.place or summary.place == self.place or summary.place.startswith(f"{self.place}-"))
            and (not self.first or summary.day >= self.first)
            and (not self.last or summary.day <= self.last)
            and self.state in ("", summary.state)
            and self.who in ("", summary.who)
            and self.device in ("", summary.device)
        )


@dataclass
class SubmissionIndex:
    """The index over a store: admitted submissions, and records of submissions that are quarantined.

    `find_record_id`: record id of a submission, None if unknown.
    """

    store: Store
    find_record_id: Callable[[str], str | None]
    admission: RecordAdmission
    monotonic_clock: Callable[[], float] = time.monotonic
    change_count: int = 0  # of noted changes
    _summaries: dict[str, SubmissionSummary] = field(default_factory=dict)
    _quarantine: dict[str, QuarantinedRecord] = field(default_factory=dict)  # by record id
    _dirty: dict[str, set[str]] = field(default_factory=dict)  # submission id -> changed records of submissions
    _lock: anyio.Lock = field(default_factory=anyio.Lock)
    _is_loaded: bool = False
    _is_following: bool = False
    _judged_waiting_at: float = 0.0

    def mark_changed(self, ids: Iterable[str]) -> None:
        """Note changed record ids of the collection `feedback`, to be read again on the next query."""
        self.change_count += 1
        if self._is_following:
            for id in ids:
                kind = id.partition(":")[0]
                if kind in KINDS:
                    self._dirty.setdefault(submission_id_of(id), set()).update([id] if kind == "submission" else [])

    async def find(self, criteria: SubmissionFilter) -> list[SubmissionSummary]:
        """Matching submissions, newest day first; within a day by id, which reveals no order of arrival."""
        await self._refresh()
        return sorted(
            (summary for summary in self._summaries.values() if criteria.matches(summary)),
            key=lambda summary: (summary.day, summary.id),
            reverse=True,
        )

    async def list_places(self) -> set[str]:
        """Codes of the places that submissions name."""
        await self._refresh()
        return {summary.place for summary in self._summaries.values() if summary.place}

    async def find_by_code(self, code_text: str) -> list[SubmissionSummary]:
        """Submissions with a receipt code as a person typed it: none, one, or rarely several."""
        await self._refresh()
        code = normalize_code(code_text, 8)
        return [summary for summary in self._summaries.values() if code and summary.code.replace("-", "") == code]

    async def list_quarantined(self) -> list[QuarantinedRecord]:
        """The records that are not admitted, in the order of their ids."""
        await self._refresh()
        return [self._quarantine[record_id] for record_id in sorted(self._quarantine)]

    async def _refresh(self) -> None:
        async with self._lock:
            if not self._is_loaded:
                self._summaries, self._quarantine, self._dirty, self._is_following = {}, {}, {}, True
                await self._load()
                self._is_loaded = True
            dirty, self._dirty = self._dirty, {}
            for id in self._take_waiting():
                dirty.setdefault(id, set())
            ids = list(dirty)
            try:
                for start in range(0, len(ids), PAGE_SIZE):
                    await self._reload({id: dirty[id] for id in ids[start : start + PAGE_SIZE]})
            except BaseException:  # a store that does not respond, or a request that ended
                self._is_loaded = False
                raise

    def _take_waiting(self) -> list[str]:
        """Submission ids of quarantined records whose form or device may have arrived, from time to time."""
        if self.monotonic_clock() - self._judged_waiting_at < WAITING_INTERVAL:
            return []
        self._judged_waiting_at = self.monotonic_clock()
        return [submission_id_of(item.record_id) for item in self._quarantine.values() if item.code in WAITING_CODES]

    async def _load(self) -> None:
        arrivals: dict[str, list[Arrival]] = {}
        async for record in iterate_records(self.store, Collection.FEEDBACK, "received:", page_size=PAGE_SIZE):
            if arrival := self._read_arrival(record):
                arrivals.setdefault(arrival.id, []).append(arrival)
        own_days = _headquarters_days(arrivals)
        pages = iterate_pages(self.store, Collection.FEEDBACK, "submission:", page_size=PAGE_SIZE)
        async for verdicts in self.admission.judge_pages(pages, own_days):
            self._apply_submissions(verdicts, arrivals, own_days)
        for kind in ("handling", "answer"):
            async for record in iterate_records(self.store, Collection.FEEDBACK, f"{kind}:", page_size=PAGE_SIZE):
                self._apply_related(kind, record)

    async def _reload(self, dirty: Mapping[str, set[str]]) -> None:
        record_ids = {id: set(changed) for id, changed in dirty.items()}
        for id in dirty:
            self._summaries.pop(id, None)
            if record_id := self.find_record_id(id):
                record_ids[id].add(record_id)
        for record_id in list(self._quarantine):
            if (id := submission_id_of(record_id)) in dirty:
                del self._quarantine[record_id]
                record_ids[id].add(record_id)
        related = [f"{kind}:{id}" for id in dirty for kind in ("handling", "answer")]
        submissions = sorted(
            record_id for ids in record_ids.values() for record_id in ids if record_id.startswith("submission:")
        )
        records = await self.store.get_many(Collection.FEEDBACK, [*submissions, *related])
        arrivals: dict[str, list[Arrival]] = {}
        for id in dirty:
            async for record in iterate_records(self.store, Collection.FEEDBACK, f"received:{id}:"):
                if arrival := self._read_arrival(record):
                    arrivals.setdefault(id, []).append(arrival)
        changed = [records[id] for id in submissions if id in records]
        own_days = _headquarters_days(arrivals)
        self._apply_submissions(await self.admission.judge(changed, own_days), arrivals, own_days)
        for id in related:
            if id in records:
                self._apply_related(id.partition(":")[0], records[id])

    def _apply_submissions(
        self, verdicts: Iterable[JudgedRecord], arrivals: Mapping[str, object], own_days: Mapping[str, str]
    ) -> None:
        for verdict in verdicts:
            if isinstance(verdict, RefusedRecord):
                self._set_aside(verdict.record, verdict.error)
                continue
            submission = verdict.submission
            self._summaries[submission.id] = SubmissionSummary(
                submission.id,
                submission.form,
                submission.version,
                submission.day,
                submission.place,
                submission.device,
                submission.sealed is not None,
                own_days.get(submission.id, ""),
                submission.id in arrivals,
            )

    def _apply_related(self, kind: str, record: Record) -> None:
        id = submission_id_of(record.id)
        if kind == "handling":
            handling = handling_from_body(record.body)
            if handling is None:
                self._set_aside(record, malformed_record())
            elif summary := self._summaries.get(id):
                self._summaries[id] = replace(summary, state=handling.state, who=handling.who)
        elif answer_from_body(record.body) is None:
            self._set_aside(record, malformed_record())
        elif summary := self._summaries.get(id):
            self._summaries[id] = replace(summary, answered=True)

    def _read_arrival(self, record: Record) -> Arrival | None:
        arrival = arrival_from_record(record)
        if arrival is None:
            self._set_aside(record, malformed_record())
        return arrival

    def _set_aside(self, record: Record, error: Refused) -> None:
        """Quarantine a record, unless it only waits for its erasure."""
        if error.code != ERASED:
            self._quarantine[record.id] = QuarantinedRecord(record.id, error)


def _headquarters_days(arrivals: Mapping[str, list[Arrival]]) -> dict[str, str]:
    return {id: arrival.day for id, items in arrivals.items() for arrival in items if arrival.is_headquarters}


def submission_index_of(request: HasApp) -> SubmissionIndex:
    index: SubmissionIndex = request.app.state.submission_index
    return index
