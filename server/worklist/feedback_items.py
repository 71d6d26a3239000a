"""Submissions that nobody has read: rumours about violence or flight first, then the others by form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.inbox.submission_index import NEW, SubmissionSummary
from server.rumours.rumour_report import GRAVE_RISKS, RISK_QUESTION, chosen_names
from server.worklist.work_item import COORDINATORS, Urgency, WorkItem
from sync.locale import N_

MAX_GRAVE_LINES = 3
MAX_READ = 200  # unread submissions whose risk is looked at, the newest first

ReadAnswers = Callable[[str], Awaitable[Mapping[str, Any] | None]]


@dataclass(slots=True)
class FeedbackItems:
    """`read_answers`: of a submission by id; None for a sealed one. Each is read once."""

    read_answers: ReadAnswers
    _grave: dict[str, bool] = field(default_factory=dict)

    async def list(self, summaries: Iterable[SubmissionSummary], risk_forms: frozenset[str]) -> list[WorkItem]:
        """The newest first in `summaries`. `risk_forms`: slugs of the forms that ask RISK_QUESTION."""
        new = [summary for summary in summaries if summary.state == NEW]
        asked = [summary for summary in new if summary.form in risk_forms and not summary.sealed][:MAX_READ]
        grave = {summary.id for summary in asked if await self._is_grave(summary.id)}
        ids = {summary.id for summary in asked}
        self._grave = {id: is_grave for id, is_grave in self._grave.items() if id in ids}
        items = [_of_group(form, rows) for form, rows in _by_form(new, grave).items()]
        return [*_grave_items([summary for summary in new if summary.id in grave]), *items]

    async def _is_grave(self, id: str) -> bool:
        if id not in self._grave:
            answers = await self.read_answers(id)
            self._grave[id] = bool(GRAVE_RISKS & set(chosen_names((answers or {}).get(RISK_QUESTION))))
        return self._grave[id]


def _by_form(rows: Iterable[SubmissionSummary], grave: set[str]) -> dict[tuple[str, bool], list[SubmissionSummary]]:
    groups: dict[tuple[str, bool], list[SubmissionSummary]] = {}
    for row in rows:
        if row.id not in grave:
            groups.setdefault((row.form, row.sealed), []).append(row)
    return groups


def _grave_items(rows: list[SubmissionSummary]) -> list[WorkItem]:
    """A line each for the newest, and one for the rest: strangers write these, and must not fill the list."""
    items = [_grave_item(summary) for summary in rows[:MAX_GRAVE_LINES]]
    if more := rows[MAX_GRAVE_LINES:]:
        sentence, values = N_("Autres rumeurs graves que personne n’a lues : {count}"), {"count": len(more)}
        path, since = "/rumours", min(map(_arrival, more))  # the grave ones are first there
        items.append(
            WorkItem("grave-rumour", Urgency.LIFE, sentence, N_("Lire"), path, COORDINATORS, since, "", values)
        )
    return items


def _grave_item(summary: SubmissionSummary) -> WorkItem:
    sentence = N_("Rumeur grave que personne n’a lue : {code}")
    path, values = f"/rumours/of/{summary.id}", {"code": summary.code}
    since = _arrival(summary)
    return WorkItem("grave-rumour", Urgency.LIFE, sentence, N_("Lire"), path, COORDINATORS, since, "", values)


def _arrival(summary: SubmissionSummary) -> str:
    """The day of arrival: the sender's own day may be any."""
    return (summary.arrived or summary.day)[:10]


def _of_group(group: tuple[str, bool], rows: list[SubmissionSummary]) -> WorkItem:
    form, is_sealed = group
    values, since = {"form": form, "count": len(rows)}, min(row.day for row in rows)
    if is_sealed:
        sentence, path = N_("Réponses scellées que personne n’a ouvertes ({form}) : {count}"), f"/feedback/open/{form}"
        return WorkItem("sealed", Urgency.TODAY, sentence, N_("Ouvrir"), path, COORDINATORS, since, "", values)
    sentence, path = N_("Envois que personne n’a lus ({form}) : {count}"), f"/feedback/list?form={form}&state=new"
    return WorkItem("submissions", Urgency.TODAY, sentence, N_("Lire"), path, COORDINATORS, since, "", values)
