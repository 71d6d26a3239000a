"""Decisions of persons about cases: join, split, set a level, close, name the notice that answers, answer everybody.

Each is written with its time and its account on the case. Raises Conflict when the case was decided about meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.rumours.case_records import (
    ANSWERED,
    CASE_PREFIX,
    CLOSED,
    MEMBER_PREFIX,
    OPEN,
    CaseRecord,
    Decision,
)
from server.rumours.rumour_case import RumourCase
from server.rumours.rumour_report import RumourReport
from server.rumours.service import RumourDesk
from server.web.app_state import Clock
from sync.errors import BadRequest
from sync.store.checked_writes import ensure_all_present, ensure_saved
from sync.store.contract import Collection, Saved, Store, Write

BATCH_SIZE = 500  # records of one write: a flood is answered in several
DONE = "done"


@dataclass(frozen=True, slots=True)
class CaseDecisions:
    store: Store
    desk: RumourDesk
    clock: Clock

    async def set_level(self, case: RumourCase, level: str, actor: str) -> None:
        await self._keep(case, self._decision(actor, "level", level), level=level)

    async def close(self, case: RumourCase, actor: str) -> None:
        """Leave the case without an answer; it can be opened again. Reports that nobody took are noted as handled."""
        await self._keep(case, self._decision(actor, "closed"), state=CLOSED)
        await self._note_handled(case.reports, actor, only_new=True)

    async def reopen(self, case: RumourCase, actor: str) -> None:
        await self._keep(case, self._decision(actor, "reopened"), state=OPEN)

    async def name_notice(self, case: RumourCase, notice: str, actor: str) -> None:
        """Note which document answers the case."""
        await self._keep(case, self._decision(actor, "notice", notice), notice=notice)

    async def join(self, cases: Sequence[RumourCase], actor: str) -> str:
        """Put all reports into the case with the most of them, which keeps its decisions; returns its id."""
        if len(cases) < 2:
            raise BadRequest("rumour-alone", "Choisissez au moins deux rumeurs à joindre.", "Revenez à la liste.")
        target = min(cases, key=lambda case: (not case.record.notice, -len(case.reports), case.since, case.id))
        joined = [case for case in cases if case.id != target.id]
        reports = [report for case in cases for report in case.reports]
        # The case that stays first: somebody's decision meanwhile stops it all. The others are closed last, when they
        # are empty: a crash leaves every report in a case that is not closed, and joining again finishes it.
        await self._save(target.record.decided(self._decision(actor, "joined", str(len(reports)))))
        await self._put(reports, target.id)
        for case in joined:
            await self._save(case.record.decided(self._decision(actor, "joined-to", target.id), state=CLOSED))
        await self._refresh()
        return target.id

    async def split(self, case: RumourCase, ids: Iterable[str], actor: str) -> str:
        """Put these reports into a case of their own; returns its id."""
        chosen = set(ids)
        leaving = [report for report in case.reports if report.id in chosen]
        if not leaving or len(leaving) == len(case.reports):
            hint = "Rechargez la page et recommencez."
            raise BadRequest("rumour-split", "Choisissez une partie des messages, pas tous.", hint)
        own = self.desk.empty_case(leaving[0])
        decision = self._decision(actor, "split", str(len(leaving)))
        # The case first: somebody's decision meanwhile stops it all. Who stays is fixed before the others leave: after
        # a crash between the two, the words of those who left would draw the rest along.
        await self._save(case.record.decided(decision))
        await self._save(own.decided(decision, level=case.record.level))
        await self._put([report for report in case.reports if report.id not in chosen], case.id)
        await self._put(leaving, own.id)
        await self._refresh()
        return own.id

    async def answer(self, case: RumourCase, text: str, lang: str, page: str, actor: str) -> int:
        """Answer every sender who has no answer yet; their phones fetch it with their secrets. Returns their number.

        An answer that somebody gives meanwhile stays. Every report of the case is noted as handled.
        """
        today = self.clock().date().isoformat()
        body = {"text": text, "lang": lang, "date": today} | ({"page": page} if page else {})
        waiting = case.waiting
        written = 0
        for start in range(0, len(waiting), BATCH_SIZE):
            batch = waiting[start : start + BATCH_SIZE]
            outcomes = await self.store.write(
                Collection.FEEDBACK, [Write(f"answer:{report.id}", body) for report in batch]
            )
            ensure_all_present(outcomes)
            written += sum(isinstance(outcome, Saved) for outcome in outcomes)
            await self._note_handled(batch, actor)
        await self._put(case.reports, case.id)
        await self._keep(case, self._decision(actor, "answered", str(written)), state=ANSWERED)
        return written

    async def _note_handled(self, reports: Sequence[RumourReport], actor: str, *, only_new: bool = False) -> None:
        body = {"state": DONE, "who": actor}
        for start in range(0, len(reports), BATCH_SIZE):
            ids = [f"handling:{report.id}" for report in reports[start : start + BATCH_SIZE]]
            current = await self.store.get_many(Collection.FEEDBACK, ids)
            chosen = [id for id in ids if id not in current or not only_new]
            writes = [Write(id, body, current[id].rev if id in current else None) for id in chosen]
            ensure_all_present(await self.store.write(Collection.FEEDBACK, writes) if writes else ())

    async def _keep(self, case: RumourCase, decision: Decision, **changes: str) -> None:
        await self._save(case.record.decided(decision, **changes))
        await self._put(case.reports, case.id)
        await self._refresh()

    async def _save(self, record: CaseRecord) -> None:
        [outcome] = await self.store.write(
            Collection.FEEDBACK, [Write(CASE_PREFIX + record.id, record.to_body(), record.rev)]
        )
        ensure_saved(outcome)
        self.desk.mark_changed([CASE_PREFIX + record.id])

    async def _put(self, reports: Sequence[RumourReport], case: str) -> None:
        """Fix the reports' case, so that they stay together whatever comes."""
        for start in range(0, len(reports), BATCH_SIZE):
            ids = [MEMBER_PREFIX + report.id for report in reports[start : start + BATCH_SIZE]]
            current = await self.store.get_many(Collection.FEEDBACK, ids)
            writes = [
                Write(id, {"case": case}, current[id].rev if id in current else None)
                for id in ids
                if id not in current or current[id].body.get("case") != case
            ]
            for outcome in await self.store.write(Collection.FEEDBACK, writes) if writes else ():
                ensure_saved(outcome)
            self.desk.mark_changed(ids)

    async def _refresh(self) -> None:
        await self.desk.refresh()

    def _decision(self, actor: str, deed: str, about: str = "") -> Decision:
        return Decision(self.clock().isoformat(timespec="minutes"), actor, deed, about)
