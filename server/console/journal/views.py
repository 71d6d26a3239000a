"""Who did what, when: newest first, by person or deed."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from server.accounts.audit import AuditEntry, audit_of
from server.accounts.people import accounts_of
from server.console import page
from server.console.components.labels import DEEDS
from server.console.context import PATH, Visit

COUNT = 50


async def journal(visit: Visit) -> Response:
    who, what, before = visit.query("who"), visit.query("what"), visit.query("before")

    def wanted(deed: AuditEntry) -> bool:
        return (not who or deed.who == who) and (not what or deed.what == what)

    deeds = await audit_of(visit).list_recent(COUNT + 1, before, wanted)
    further = ""
    if len(deeds) > COUNT:
        further = f"{PATH}/journal?" + urlencode({"who": who, "what": what, "before": deeds[COUNT - 1].id})
    _ = visit.language
    return page.show(
        visit,
        "journal/journal.html",
        _("Journal"),
        deeds=deeds[:COUNT],
        who=who,
        what=what,
        further=further,
        people=[(account.name, account.display_name) for account in await accounts_of(visit).accounts.all()],
        kinds=sorted(((code, _(sentence)) for code, sentence in DEEDS.items()), key=lambda pair: pair[1]),
    )
