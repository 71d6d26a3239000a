"""The page of the audit log: newest entries first, filtered by person and action."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from server.accounts.account_service import accounts_of
from server.accounts.audit import AuditEntry, audit_of
from server.console import page
from server.console.components.labels import DEEDS
from server.console.context import CONSOLE_PATH, ConsoleContext

PAGE_SIZE = 50


async def journal(context: ConsoleContext) -> Response:
    who, what, before = context.query("who"), context.query("what"), context.query("before")

    def matches(entry: AuditEntry) -> bool:
        return (not who or entry.who == who) and (not what or entry.what == what)

    audit_entries = await audit_of(context).list_recent(PAGE_SIZE + 1, before, matches)
    next_page = ""
    if len(audit_entries) > PAGE_SIZE:
        parameters = {"who": who, "what": what, "before": audit_entries[PAGE_SIZE - 1].id}
        next_page = f"{CONSOLE_PATH}/journal?{urlencode(parameters)}"
    _ = context.language
    return page.render(
        context,
        "journal/journal.html",
        _("Journal"),
        audit_entries=audit_entries[:PAGE_SIZE],
        who=who,
        what=what,
        next_page=next_page,
        people=[(account.name, account.display_name) for account in await accounts_of(context).accounts.all()],
        actions=sorted(((code, _(sentence)) for code, sentence in DEEDS.items()), key=lambda pair: pair[1]),
    )
