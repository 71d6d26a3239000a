"""The first page: what waits for this person, then what each role finds where."""

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
    """`sentence` is a msgid with a hole for the count."""

    sentence: str
    count: int
    path: str


async def home(context: ConsoleContext) -> Response:
    waiting = [one for one in await _list_tasks(context) if one.count] if context.user.role in WRITERS else []
    title = context.language("Bonjour, {name}", name=context.user.display_name)
    return page.render(context, "home/home.html", title, waiting=waiting, writes=context.user.role in WRITERS)


async def _list_tasks(context: ConsoleContext) -> list[PendingTask]:
    works = [
        work for work in (await workspace_of(context).load_snapshot()).works.values() if work.kind in EDITABLE_KINDS
    ]
    today = clock_of(context)().date().isoformat()
    me = context.user.name
    drafts = [one.draft for one in works if one.draft]
    review = sum(draft.state == REVIEW and me not in draft.writers for draft in drafts)
    mine = sum(draft.state == DRAFT and me in draft.writers for draft in drafts)
    return [
        PendingTask(N_("Textes à relire : {count}"), review, "/writing?state=review"),
        PendingTask(N_("Textes à régler : {count}"), sum(bool(one.asides) for one in works), "/writing?state=aside"),
        PendingTask(N_("Vos brouillons : {count}"), mine, "/writing?state=draft"),
        PendingTask(
            N_("Textes à relire depuis trop longtemps : {count}"),
            sum(is_overdue(one, today) for one in works),
            "/writing?overdue=1",
        ),
    ]
