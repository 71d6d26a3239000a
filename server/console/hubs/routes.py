"""The addresses of hubs and of records with several versions: coordination only."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.hubs import views
from sync.locale import N_

COORDINATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/hubs", views.hubs, COORDINATORS),
    ConsoleRoute("/hubs/split", views.conflict, COORDINATORS, ("GET", "POST")),
)
ENTRIES = (NavigationEntry("/hubs", N_("Relais et machines"), "shield", COORDINATORS),)
