"""The addresses of hubs and of records with several versions: coordination only."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.hubs import views
from sync.locale import N_

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/hubs", views.hubs, KEEPERS),
    ConsoleRoute("/hubs/split", views.split, KEEPERS, ("GET", "POST")),
)
ENTRIES = (Entry("/hubs", N_("Relais et machines"), "shield", KEEPERS),)
