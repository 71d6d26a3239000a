"""Routes of hubs and of replication conflicts, for coordinators and administrators."""

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
