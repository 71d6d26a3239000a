"""Counted facts of every submission, kept in memory: a page of figures reads only the submissions that are new.

Sealed answers are not read. A submission counts in the week in which headquarters received it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio

from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionFilter, SubmissionIndex, SubmissionSummary
from server.rumours.rumour_report import RISK_QUESTION, chosen_names
from server.web.app_state import HasApp
from sync.forms.compiled_form import Form
from sync.forms.conversions import day_of
from sync.statistics.report_counts import Report
from sync.statistics.weeks import week_of
from sync.store.contract import Collection, Store
from sync.submissions.related_records import answer_from_body

RISKS = ("violence", "depart", "sante", "argent", "honte", "rien")  # answers of RISK_QUESTION, the gravest first
SUBJECT_QUESTION, OPINION_QUESTION = "page", "aide"  # of content/forms/utilite.md
OPINIONS = ("oui", "peu", "non")
READ_ONE_BY_ONE = 64  # new submissions; more are read in one pass


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Facts from the answers. `asks_risks`: the form asks about risks, so that its weeks are shown.

    `asks_place`: the form asks for a place.
    """

    risk: str = ""
    subject: str = ""
    opinion: str = ""
    asks_risks: bool = False
    asks_place: bool = False


@dataclass(frozen=True, slots=True)
class ReportList:
    """`weekly_forms`: the forms whose reports are shown week by week. `placed_forms`: those that ask for a place."""

    reports: Sequence[Report] = ()
    weekly_forms: frozenset[str] = frozenset()
    placed_forms: frozenset[str] = frozenset()

    @property
    def rumours(self) -> list[Report]:
        return [report for report in self.reports if report.form in self.weekly_forms]


@dataclass
class ReportHistory:
    store: Store
    index: SubmissionIndex
    inbox: InboxService
    _facts: dict[str, ReportFacts] = field(default_factory=dict)
    _answered: dict[str, datetime.date | None] = field(default_factory=dict)
    _list: ReportList = field(default_factory=ReportList)
    _index_changes: int = -1
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def load(self) -> ReportList:
        async with self._lock:
            changes = self.index.change_count
            rows = await self.index.find(SubmissionFilter())
            if changes != self._index_changes:
                await self._read_new(rows)
                weekly_forms = frozenset(row.form for row in rows if self._facts[row.id].asks_risks)
                placed_forms = frozenset(row.form for row in rows if self._facts[row.id].asks_place)
                reports = [report for row in rows if (report := self._report_of(row))]
                self._list = ReportList(reports, weekly_forms, placed_forms)
                self._index_changes = changes
            return self._list

    async def list_ids(self, form: str, weeks: Sequence[datetime.date]) -> set[str]:
        """Submissions of a form that arrived in these weeks."""
        rows = await self.index.find(SubmissionFilter(form=form))
        return {row.id for row in rows if (day := arrival_day(row)) and week_of(day) in weeks}

    async def _read_new(self, rows: Sequence[SubmissionSummary]) -> None:
        ids = {row.id for row in rows}
        self._facts = {id: facts for id, facts in self._facts.items() if id in ids}
        new = {row.id for row in rows if row.id not in self._facts}
        reader = self.inbox.open_reader()
        if len(new) > READ_ONE_BY_ONE:
            async for entry in reader.read_all("", new):
                self._facts[entry.submission.id] = facts_of(entry.form, entry.answers or {})
        else:
            for id in new:
                record_id = self.index.find_record_id(id)
                entry_of_one = await reader.read_one(record_id) if record_id else None
                if entry_of_one is not None:
                    self._facts[id] = facts_of(entry_of_one.form, entry_of_one.answers or {})
        for id in new - self._facts.keys():  # gone since the index was asked
            self._facts[id] = ReportFacts()
        self._answered = {id: day for id, day in self._answered.items() if id in ids}
        await self._read_answers([row.id for row in rows if row.answered and row.id not in self._answered])

    async def _read_answers(self, ids: Sequence[str]) -> None:
        records = await self.store.get_many(Collection.FEEDBACK, [f"answer:{id}" for id in ids])
        for id in ids:
            record = records.get(f"answer:{id}")
            answer = answer_from_body(record.body) if record else None
            self._answered[id] = day_of(answer.date) if answer else None

    def _report_of(self, row: SubmissionSummary) -> Report | None:
        day = arrival_day(row)
        if day is None:
            return None
        facts, answered = self._facts[row.id], self._answered.get(row.id) if row.answered else None
        return Report(
            week_of(day),
            row.form,
            row.place,
            facts.risk,
            facts.subject,
            facts.opinion,
            max(0, (answered - day).days) if answered else None,
        )


def arrival_day(row: SubmissionSummary) -> datetime.date | None:
    """The day on which headquarters received it; None if it did not yet."""
    if row.noted_arrival and not row.arrived:
        return None
    return day_of((row.arrived or row.day)[:10])


def facts_of(form: Form, answers: Mapping[str, Any]) -> ReportFacts:
    risks = chosen_names(answers.get(RISK_QUESTION))
    return ReportFacts(
        next((risk for risk in RISKS if risk in risks), ""),
        str(answers.get(SUBJECT_QUESTION, "")) if OPINION_QUESTION in form.items else "",
        str(answers.get(OPINION_QUESTION, "")),
        RISK_QUESTION in form.items,
        bool(form.json.get("place")),
    )


def dashboard_questions(form: Form) -> frozenset[str]:
    """The form's questions whose answers the dashboard shows: by week, by place, or by page."""
    opinions = {OPINION_QUESTION, SUBJECT_QUESTION} if OPINION_QUESTION in form.items else set()
    return frozenset({RISK_QUESTION, str(form.json.get("place", "")), *opinions})


def report_history_of(request: HasApp) -> ReportHistory:
    history: ReportHistory = request.app.state.report_history
    return history
