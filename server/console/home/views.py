"""The first page: what waits for this person, the most urgent first, then the areas of their role."""

from __future__ import annotations

import datetime

from starlette.responses import Response

from server.accounts.account import Role
from server.console import page
from server.console.context import ConsoleContext
from server.web.app_state import clock_of
from server.worklist.work_item import Urgency
from server.worklist.worklist import worklist_of

WRITERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR)
SHOWN = 40  # lines; more are counted


async def home(context: ConsoleContext) -> Response:
    items = await worklist_of(context).list_for(context.user)
    today = clock_of(context)().date()
    return page.render(
        context,
        "home/home.html",
        context.language("Bonjour, {name}", name=context.user.display_name),
        items=items[:SHOWN],
        more_count=max(0, len(items) - SHOWN),
        life=Urgency.LIFE,
        count_days=lambda since: count_days(since, today),
        is_writer=context.user.role in WRITERS,
    )


def count_days(since: str, today: datetime.date) -> int | None:
    """Days since an ISO date or time; None if it is not known."""
    try:
        return max(0, (today - datetime.date.fromisoformat(since[:10])).days)
    except ValueError:
        return None
