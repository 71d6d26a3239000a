"""Route of the audit log, for administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.journal import views
from sync.locale import N_

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

ROUTES = (ConsoleRoute("/journal", views.journal, ADMINISTRATORS),)
ENTRIES = (NavigationEntry("/journal", N_("Journal"), "eye", ADMINISTRATORS),)
