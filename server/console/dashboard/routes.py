"""Route of the dashboard, for whoever may see totals."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.dashboard import views
from sync.locale import N_

READERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.ANALYST})

ROUTES = (ConsoleRoute("/dashboard", views.dashboard, READERS),)
ENTRIES = (NavigationEntry("/dashboard", N_("Tableau de bord"), "list", READERS),)
