"""Countable answers of all submissions to a form, in memory: a page of totals reads only what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio

from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionFilter, SubmissionIndex, SubmissionSummary
from server.web.app_state import HasApp
from sync.submissions.countable_answers import keep_countable
from sync.submissions.submission_reader import ReadSubmission

READ_ONE_BY_ONE = 64  # new submissions; more are read in one pass
MAX_FORMS = 8  # kept; those read longest ago are dropped

CountableAnswers = Mapping[str, Any] | None  # None: sealed


@dataclass
class AnswerIndex:
    """Submissions never change: what was read once is kept until it is erased."""

    index: SubmissionIndex
    inbox: InboxService
    _forms: dict[str, dict[str, CountableAnswers]] = field(default_factory=dict)
    _change_counts: dict[str, int] = field(default_factory=dict)  # of the submission index, by form
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def load(self, form: str) -> Mapping[str, CountableAnswers]:
        """The answers by submission id."""
        async with self._lock:
            changes = self.index.change_count
            answers = self._forms.pop(form, {})
            if self._change_counts.get(form) != changes or not answers:
                rows = await self.index.find(SubmissionFilter(form=form))
                answers = await self._read_new(form, rows, answers)
                self._change_counts[form] = changes
            self._forms[form] = answers
            while len(self._forms) > MAX_FORMS:
                self._forms.pop(next(iter(self._forms)))
            return answers

    async def _read_new(
        self, form: str, rows: Sequence[SubmissionSummary], known: Mapping[str, CountableAnswers]
    ) -> dict[str, CountableAnswers]:
        answers = {row.id: known[row.id] for row in rows if row.id in known}
        new = {row.id for row in rows} - answers.keys()
        reader = self.inbox.open_reader()
        if len(new) > READ_ONE_BY_ONE:
            async for entry in reader.read_all(form, new):
                answers[entry.submission.id] = _countable(entry)
        else:
            for id in new:
                record_id = self.index.find_record_id(id)
                entry_of_one = await reader.read_one(record_id) if record_id else None
                if entry_of_one is not None:
                    answers[id] = _countable(entry_of_one)
        return answers


def _countable(entry: ReadSubmission) -> CountableAnswers:
    return None if entry.answers is None else keep_countable(entry.form, entry.answers)


def answer_index_of(request: HasApp) -> AnswerIndex:
    index: AnswerIndex = request.app.state.answer_index
    return index
