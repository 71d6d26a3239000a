"""The first page: pending tasks of this person, then links to the areas of their role."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from server.accounts.account import Role
from server.console import page
from server.console.context import ConsoleContext
from server.web.app_state import clock_of
from server.writing.checks import EDITABLE_KINDS
from server.writing.draft_records import DRAFT, REVIEW
from server.writing.review_dates import is_overdue
from server.writing.workspace import workspace_of
from sync.locale import N_

WRITERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR)


@dataclass(frozen=True, slots=True)
class PendingTask:
    """A number of documents that need work, and the page that lists them. `sentence` is a msgid with {count}."""

    sentence: str
    count: int
    path: str


async def home(context: ConsoleContext) -> Response:
    is_writer = context.user.role in WRITERS
    tasks = [task for task in await _list_tasks(context) if task.count] if is_writer else []
    title = context.language("Bonjour, {name}", name=context.user.display_name)
    return page.render(context, "home/home.html", title, tasks=tasks, is_writer=is_writer)


async def _list_tasks(context: ConsoleContext) -> list[PendingTask]:
    snapshot = await workspace_of(context).load_snapshot()
    works = [work for work in snapshot.works.values() if work.kind in EDITABLE_KINDS]
    today = clock_of(context)().date().isoformat()
    user = context.user.name
    drafts = [work.draft for work in works if work.draft]
    review_count = sum(draft.state == REVIEW and user not in draft.writers for draft in drafts)
    own_count = sum(draft.state == DRAFT and user in draft.writers for draft in drafts)
    aside_count = sum(bool(work.asides) for work in works)
    overdue_count = sum(is_overdue(work, today) for work in works)
    return [
        PendingTask(N_("Textes à relire : {count}"), review_count, "/writing?state=review"),
        PendingTask(N_("Textes à régler : {count}"), aside_count, "/writing?state=aside"),
        PendingTask(N_("Vos brouillons : {count}"), own_count, "/writing?state=draft"),
        PendingTask(
            N_("Textes à relire depuis trop longtemps : {count}"),
            overdue_count,
            "/writing?overdue=1",
        ),
    ]
