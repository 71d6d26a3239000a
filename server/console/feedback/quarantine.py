"""The page of quarantined records, each with its reason and the start of its text, and their erasure."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.inbox.quarantine import QUARANTINE_DAYS, erase, load_rows
from server.inbox.submission_index import submission_index_of
from server.web.app_state import store_of
from server.web.request_text import parse_number

MAX_PAGE_NUMBER = 99_999
PAGE_SIZE = 20  # records: each may show 2,000 characters


async def quarantine(context: ConsoleContext) -> Response:
    items = await submission_index_of(context).list_quarantined()
    page_number = max(1, parse_number(context.query("page"), MAX_PAGE_NUMBER) or 1)
    start = (page_number - 1) * PAGE_SIZE
    return page.render(
        context,
        "feedback/quarantine.html",
        context.language("Quarantaine"),
        rows=await load_rows(store_of(context), items[start : start + PAGE_SIZE]),
        count=len(items),
        days=QUARANTINE_DAYS,
        next_query=f"?page={page_number + 1}" if start + PAGE_SIZE < len(items) else "",
    )


async def erase_record(context: ConsoleContext) -> Response:
    """Erase the record as the page showed it. Raises Conflict if it changed or was admitted meanwhile."""
    record_id = context.text("record")
    await erase(store_of(context), submission_index_of(context), record_id, context.text("seen"))
    await context.record_action("quarantine-erased", record_id)
    return context.redirect("/feedback/quarantine", FlashMessage.RECORD_ERASED)
