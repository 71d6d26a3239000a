"""Index of all submissions in memory for the console's lists. Loaded on first use, updated by the node cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from server.web.app_state import HasApp
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records
from sync.submissions.record_ids import submission_id_of
from sync.submissions.submission import normalize_code, parse_submission, receipt_code

PAGE_SIZE = 1000
NEW, TAKEN, DONE = "new", "taken", "done"
STATES = (NEW, TAKEN, DONE)
FOLLOWED_PREFIXES = ("submission:", "received:", "handling:", "answer:", "erased:")


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """One submission in a list. `who`: the account that handles it."""

    id: str
    form: str
    version: str
    day: str
    place: str
    device: str
    sealed: bool
    received: str = ""
    state: str = NEW
    who: str = ""
    answered: bool = False

    @property
    def code(self) -> str:
        return receipt_code(self.id)


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
    """The index over a store. `find_record_id`: record id of a submission, None if unknown."""

    store: Store
    find_record_id: Callable[[str], str | None]
    _summaries: dict[str, SubmissionSummary] = field(default_factory=dict)
    _dirty: set[str] = field(default_factory=set)
    _is_loaded: bool = False

    def mark_changed(self, ids: Iterable[str]) -> None:
        """Note changed record ids of the collection `feedback`, to be read again on the next query."""
        if self._is_loaded:
            self._dirty.update(submission_id_of(id) for id in ids if id.startswith(FOLLOWED_PREFIXES))

    async def find(self, criteria: SubmissionFilter) -> list[SubmissionSummary]:
        """Matching submissions, newest day first; within a day by id, which reveals no order of arrival."""
        await self._refresh()
        return sorted(
            (summary for summary in self._summaries.values() if criteria.matches(summary)),
            key=lambda summary: (summary.day, summary.id),
            reverse=True,
        )

    async def find_by_code(self, code_text: str) -> list[SubmissionSummary]:
        """Submissions with a receipt code as a person typed it: none, one, or rarely several."""
        await self._refresh()
        code = normalize_code(code_text, 8)
        return [summary for summary in self._summaries.values() if code and summary.code.replace("-", "") == code]

    async def _refresh(self) -> None:
        if not self._is_loaded:
            self._is_loaded = True
            for kind in ("submission", "received", "handling", "answer"):
                await self._load(kind)
        dirty, self._dirty = list(self._dirty), set()
        for start in range(0, len(dirty), PAGE_SIZE):
            await self._reload(dirty[start : start + PAGE_SIZE])

    async def _load(self, kind: str) -> None:
        async for record in iterate_records(self.store, Collection.FEEDBACK, f"{kind}:", page_size=PAGE_SIZE):
            self._apply(kind, record)

    async def _reload(self, ids: Sequence[str]) -> None:
        record_ids = {id: record_id for id in ids if (record_id := self.find_record_id(id))}
        related = [f"{kind}:{id}" for id in ids for kind in ("handling", "answer")]
        records = await self.store.get_many(Collection.FEEDBACK, [*record_ids.values(), *related])
        for id in ids:
            self._summaries.pop(id, None)
            if record := records.get(record_ids.get(id, "")):
                self._apply("submission", record)
                async for received in iterate_records(self.store, Collection.FEEDBACK, f"received:{id}:"):
                    self._apply("received", received)
                for kind in ("handling", "answer"):
                    if related_record := records.get(f"{kind}:{id}"):
                        self._apply(kind, related_record)

    def _apply(self, kind: str, record: Record) -> None:
        id = submission_id_of(record.id)
        if kind == "submission":
            submission = parse_submission(record.body["text"])
            self._summaries[id] = SubmissionSummary(
                id,
                submission.form,
                submission.version,
                submission.day,
                submission.place,
                submission.device,
                submission.sealed is not None,
                submission.day,
            )
        elif summary := self._summaries.get(id):
            if kind == "received":
                self._summaries[id] = replace(summary, received=max(summary.day, str(record.body["day"])))
            elif kind == "handling":
                self._summaries[id] = replace(summary, state=str(record.body["state"]), who=str(record.body["who"]))
            else:
                self._summaries[id] = replace(summary, answered=True)


def submission_index_of(request: HasApp) -> SubmissionIndex:
    index: SubmissionIndex = request.app.state.submission_index
    return index
