"""The rumour desk: all reported rumours in memory as cases, updated by what changed. Used by the console and worklist.

The first look reads every report once; after that only new, erased and decided ones are read. Reports that say the same
join by themselves until a person joins or splits them by hand; such a decision is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

import anyio
from anyio import to_thread

from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionFilter, SubmissionIndex
from server.rumours.case_records import CASE_PREFIX, MEMBER_PREFIX, CaseRecord, case_from_record
from server.rumours.grouping import ReportGroups
from server.rumours.rumour_case import RumourCase
from server.rumours.rumour_report import RumourReport, read_report
from server.web.app_state import HasApp
from sync.claims.claim_index import ReportTokens, report_tokens
from sync.errors import NotFound
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records

PAGE_SIZE = 1000
READ_SINGLY = 50  # new reports; more are read in one walk through all submissions
CASE_ID_LENGTH = 16  # characters of the id of a group's first report


@dataclass
class RumourDesk:
    store: Store
    index: SubmissionIndex
    inbox: InboxService
    _reports: dict[str, RumourReport] = field(default_factory=dict)
    _looked_at: set[str] = field(default_factory=set)  # submissions of other forms too: each is read once
    _answered: frozenset[str] = frozenset()
    _case_of: dict[str, str] = field(default_factory=dict)  # by report
    _members: dict[str, set[str]] = field(default_factory=dict)  # by case
    _decided_members: dict[str, str] = field(default_factory=dict)  # cases by report, as persons decided
    _records: dict[str, CaseRecord] = field(default_factory=dict)
    _groups: ReportGroups = field(default_factory=ReportGroups)
    _changed_ids: set[str] = field(default_factory=set)
    _index_changes: int = -1
    _is_loaded: bool = False
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    def mark_changed(self, ids: Iterable[str]) -> None:
        """Note changed record ids of the collection `feedback`, to be read again on the next look."""
        self._changed_ids.update(id for id in ids if id.startswith((CASE_PREFIX, MEMBER_PREFIX)))

    async def list_cases(self) -> list[RumourCase]:
        """Cases with at least one report: what waits first."""
        async with self._lock:  # a thread may be grouping for another request
            await self._follow_or_begin_anew()
            return await to_thread.run_sync(self._sorted_cases)

    async def get_case(self, id: str) -> RumourCase:
        """Raises NotFound for a case without reports."""
        async with self._lock:
            await self._follow_or_begin_anew()
            if not self._members.get(id):
                raise NotFound("rumour-unknown", "Cette rumeur n’est plus ici.", "Revenez à la liste.")
            return self._case(id)

    async def find_case_of_notice(self, notice: str) -> RumourCase | None:
        """The case that this document answers."""
        async with self._lock:
            await self._follow_or_begin_anew()
            id = next((id for id, record in self._records.items() if record.notice == notice), "")
            return self._case(id) if self._members.get(id) else None

    async def find_case_of_report(self, report: str) -> str | None:
        """The id of the case in which this submission is; None for one that reports no rumour."""
        await self.refresh()
        return self._case_of.get(report)

    def empty_case(self, report: RumourReport) -> CaseRecord:
        """A case without reports that is named after this one; never a group's own id, which would draw it in again."""
        names = (f"{report.id[:CASE_ID_LENGTH]}s{number or ''}" for number in count())
        id = next(name for name in names if not self._members.get(name))
        return CaseRecord(id, rev=self._records[id].rev if id in self._records else None)

    async def refresh(self) -> None:
        async with self._lock:
            await self._follow_or_begin_anew()

    async def _follow_or_begin_anew(self) -> None:
        try:
            await self._follow()
        except BaseException:  # a store that does not respond, or a request that ended
            self._is_loaded = False
            raise

    async def _follow(self) -> None:
        if not self._is_loaded:
            await self._load_decisions()
            self._index_changes, self._is_loaded = -1, True
        if changed := frozenset(self._changed_ids):
            self._changed_ids -= changed
            records = await self.store.get_many(Collection.FEEDBACK, sorted(changed))
            await to_thread.run_sync(self._apply_decisions, changed, records)
        if self._index_changes == self.index.change_count:
            return
        change_count = self.index.change_count
        summaries = await self.index.find(SubmissionFilter())
        self._answered = frozenset(summary.id for summary in summaries if summary.answered)
        ids = {summary.id for summary in summaries if not summary.sealed}
        await to_thread.run_sync(self._forget, self._looked_at - ids)
        new = ids - self._looked_at
        reports = await self._read(new)
        await to_thread.run_sync(self._group, sorted(reports, key=lambda report: (report.since, report.id)))
        self._looked_at |= new
        self._index_changes = change_count

    async def _read(self, ids: set[str]) -> list[RumourReport]:
        reader = self.inbox.open_reader()
        if len(ids) > READ_SINGLY:
            entries = [entry async for entry in reader.read_all(ids=ids)]
        else:
            record_ids = [record_id for id in sorted(ids) if (record_id := self.index.find_record_id(id))]
            entries = [entry for record_id in record_ids if (entry := await reader.read_one(record_id))]
        return [report for entry in entries if (report := read_report(entry))]

    def _group(self, reports: list[RumourReport]) -> None:
        for report in reports:
            decided = self._decided_members.get(report.id)
            tokens = report_tokens(report.words)
            case = decided or self._groups.find_alike(tokens) or report.id[:CASE_ID_LENGTH]
            self._reports[report.id] = report
            self._put(report, tokens, case)

    def _put(self, report: RumourReport, tokens: ReportTokens, case: str) -> None:
        self._case_of[report.id] = case
        self._members.setdefault(case, set()).add(report.id)
        self._groups.add(case, tokens)

    def _forget(self, ids: set[str]) -> None:
        self._looked_at -= ids
        emptied = set()
        for id in ids:
            self._reports.pop(id, None)
            if case := self._case_of.pop(id, ""):
                self._members[case].discard(id)
                emptied.add(case)
        self._regroup(emptied)

    def _regroup(self, cases: set[str]) -> None:
        """Make anew what groups are known by, once reports left them."""
        for case in cases:
            self._groups.drop(case)
            for id in sorted(self._members.get(case, ())):
                self._groups.add(case, report_tokens(self._reports[id].words))

    async def _load_decisions(self) -> None:
        self._changed_ids.clear()
        cases = iterate_records(self.store, Collection.FEEDBACK, CASE_PREFIX, page_size=PAGE_SIZE)
        self._records = {record.id.removeprefix(CASE_PREFIX): case_from_record(record) async for record in cases}
        members = iterate_records(self.store, Collection.FEEDBACK, MEMBER_PREFIX, page_size=PAGE_SIZE)
        self._decided_members = {
            record.id.removeprefix(MEMBER_PREFIX): str(record.body.get("case", "")) async for record in members
        }
        await to_thread.run_sync(self._forget, set(self._looked_at))

    def _apply_decisions(self, ids: Iterable[str], records: Mapping[str, Record]) -> None:
        """Take in what persons decided. `records`: those of `ids` that are there. It compares words: for a thread."""
        left: set[str] = set()
        for id in sorted(ids):
            kind, _, name = id.partition(":")
            record = records.get(id)
            if f"{kind}:" == CASE_PREFIX:
                self._records.pop(name, None)
                if record:
                    self._records[name] = case_from_record(record)
            elif record and (case := str(record.body.get("case", ""))):
                self._decided_members[name] = case
                if (report := self._reports.get(name)) and (former := self._case_of[name]) != case:
                    self._members[former].discard(name)
                    left.add(former)
                    self._put(report, report_tokens(report.words), case)
            else:
                self._decided_members.pop(name, None)
        self._regroup(left)

    def _sorted_cases(self) -> list[RumourCase]:
        return sorted((self._case(id) for id, ids in self._members.items() if ids), key=lambda case: case.order)

    def _case(self, id: str) -> RumourCase:
        reports = sorted(
            (self._reports[report_id] for report_id in self._members[id]), key=lambda report: (report.since, report.id)
        )
        answered = self._answered & self._members[id]
        return RumourCase(self._records.get(id, CaseRecord(id)), tuple(reports), answered)


def rumour_desk_of(request: HasApp) -> RumourDesk:
    desk: RumourDesk = request.app.state.rumour_desk
    return desk
