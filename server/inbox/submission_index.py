"""What the console's lists ask of all submissions, kept in memory: where, when, which form, in whose hands. Loaded when first asked for."""

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


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """One submission as a list shows it. `who`: the account that has it in hand."""

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
    """Empty values ask for nothing."""

    form: str = ""
    place: str = ""
    first: str = ""
    last: str = ""
    state: str = ""
    who: str = ""
    device: str = ""

    def matches(self, row: SubmissionSummary) -> bool:
        return (
            self.form in ("", row.form)
            and (not self.place or row.place == self.place or row.place.startswith(f"{self.place}-"))
            and (not self.first or row.day >= self.first)
            and (not self.last or row.day <= self.last)
            and self.state in ("", row.state)
            and self.who in ("", row.who)
            and self.device in ("", row.device)
        )


@dataclass
class SubmissionIndex:
    """`name`: of the record of a submission, None where it is not known."""

    store: Store
    find_record_id: Callable[[str], str | None]
    _rows: dict[str, SubmissionSummary] = field(default_factory=dict)
    _dirty: set[str] = field(default_factory=set)
    _is_loaded: bool = False

    def mark_changed(self, ids: Iterable[str]) -> None:
        """Called with every id that changed in the room `feedback`."""
        if self._is_loaded:
            self._dirty.update(
                submission_id_of(id)
                for id in ids
                if id.split(":")[0] in ("submission", "received", "handling", "answer", "erased")
            )

    async def find(self, criteria: SubmissionFilter) -> list[SubmissionSummary]:
        """Newest day first; within a day, by id, which tells no order of arrival."""
        await self._refresh()
        return sorted(
            (row for row in self._rows.values() if criteria.matches(row)),
            key=lambda row: (row.day, row.id),
            reverse=True,
        )

    async def find_by_code(self, code_text: str) -> list[SubmissionSummary]:
        """The submissions of a receipt code as a person wrote it: one, or by rare chance a few."""
        await self._refresh()
        code = normalize_code(code_text, 8)
        return [row for row in self._rows.values() if code and row.code.replace("-", "") == code]

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
        names = {id: name for id in ids if (name := self.find_record_id(id))}
        beside = [f"{kind}:{id}" for id in ids for kind in ("handling", "answer")]
        held = await self.store.get_many(Collection.FEEDBACK, [*names.values(), *beside])
        for id in ids:
            self._rows.pop(id, None)
            if record := held.get(names.get(id, "")):
                self._apply("submission", record)
                async for received in iterate_records(self.store, Collection.FEEDBACK, f"received:{id}:"):
                    self._apply("received", received)
                for kind in ("handling", "answer"):
                    if other := held.get(f"{kind}:{id}"):
                        self._apply(kind, other)

    def _apply(self, kind: str, record: Record) -> None:
        id = submission_id_of(record.id)
        if kind == "submission":
            one = parse_submission(record.body["text"])
            self._rows[id] = SubmissionSummary(
                id, one.form, one.version, one.day, one.place, one.device, one.sealed is not None, one.day
            )
        elif row := self._rows.get(id):
            if kind == "received":
                self._rows[id] = replace(row, received=max(row.day, str(record.body["day"])))
            elif kind == "handling":
                self._rows[id] = replace(row, state=str(record.body["state"]), who=str(record.body["who"]))
            else:
                self._rows[id] = replace(row, answered=True)


def submission_index_of(request: HasApp) -> SubmissionIndex:
    index: SubmissionIndex = request.app.state.submission_index
    return index
