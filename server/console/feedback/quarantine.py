"""The page of quarantined records, each with its reason and the start of its text, and their erasure."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, gone_meanwhile, make_page_state, require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.inbox.quarantine import QUARANTINE_DAYS, QuarantineRow, erase, load_rows
from server.inbox.submission_index import submission_index_of
from server.web.app_state import store_of
from server.web.request_text import parse_number

MAX_PAGE_NUMBER = 99_999
ADDRESS = "/feedback/quarantine"
PAGE_SIZE = 20  # records: each may show 2,000 characters


async def quarantine(context: ConsoleContext) -> Response:
    items = await submission_index_of(context).list_quarantined()
    page_number = max(1, parse_number(context.query("page"), MAX_PAGE_NUMBER) or 1)
    start = (page_number - 1) * PAGE_SIZE
    return page.render(
        context,
        "feedback/quarantine.html",
        context.language("Quarantaine"),
        rows=[
            (row, _page_state(context, row))
            for row in await load_rows(store_of(context), items[start : start + PAGE_SIZE])
        ],
        count=len(items),
        days=QUARANTINE_DAYS,
        next_query=f"?page={page_number + 1}" if start + PAGE_SIZE < len(items) else "",
    )


async def erase_record(context: ConsoleContext) -> Response:
    """Erase the record as the page showed it. Raises ChangedMeanwhile if it changed or was admitted meanwhile."""
    record_id = context.text("record")
    index = submission_index_of(context)
    items = [item for item in await index.list_quarantined() if item.record_id == record_id]
    rows = await load_rows(store_of(context), items)
    if not rows:
        raise gone_meanwhile(context, context.language("Cette fiche n’est plus en quarantaine."), ADDRESS)
    page_state = _page_state(context, rows[0])
    require_seen(context, page_state, ADDRESS)
    await erase(store_of(context), index, record_id, rows[0].rev)
    await context.record_action("quarantine-erased", record_id, text=page_state.short_digest)
    return context.redirect("/feedback/quarantine", FlashMessage.RECORD_ERASED)


def _page_state(context: ConsoleContext, row: QuarantineRow) -> PageState:
    """The box of a record."""
    _ = context.language
    lines = [(_("Fiche"), row.record_id), (_("Raison"), row.error.text(_)), (_("Version"), row.rev)]
    return make_page_state([row.record_id, row.rev, row.error.code], lines, row.text)
