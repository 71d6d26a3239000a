"""Routes of briefs: coordinators write and freeze them; analysts read those that are frozen."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.briefs import actions, views
from sync.locale import N_

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
READERS = WRITERS | {Role.ANALYST}

ROUTES = (
    ConsoleRoute("/briefs", views.briefs, READERS),
    ConsoleRoute("/briefs/new", actions.begin_brief, WRITERS, ("POST",)),
    ConsoleRoute("/briefs/{number}", views.brief, READERS),
    ConsoleRoute("/briefs/{number}/pdf", views.download_pdf, READERS),
    ConsoleRoute("/briefs/{number}/tables", views.download_tables, READERS),
    ConsoleRoute("/briefs/{number}/edit", actions.edit_brief, WRITERS, ("GET", "POST")),
    ConsoleRoute("/briefs/{number}/freeze", actions.freeze_brief, WRITERS, ("POST",)),
)
ENTRIES = (NavigationEntry("/briefs", N_("Notes aux décideurs"), "office", READERS),)
