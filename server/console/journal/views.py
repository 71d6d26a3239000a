"""Who did what, when: newest first, by person or deed."""

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

    def wanted(deed: AuditEntry) -> bool:
        return (not who or deed.who == who) and (not what or deed.what == what)

    deeds = await audit_of(context).list_recent(PAGE_SIZE + 1, before, wanted)
    further = ""
    if len(deeds) > PAGE_SIZE:
        further = f"{CONSOLE_PATH}/journal?" + urlencode({"who": who, "what": what, "before": deeds[PAGE_SIZE - 1].id})
    _ = context.language
    return page.render(
        context,
        "journal/journal.html",
        _("Journal"),
        deeds=deeds[:PAGE_SIZE],
        who=who,
        what=what,
        further=further,
        people=[(account.name, account.display_name) for account in await accounts_of(context).accounts.all()],
        kinds=sorted(((code, _(sentence)) for code, sentence in DEEDS.items()), key=lambda pair: pair[1]),
    )
