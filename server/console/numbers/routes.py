"""Routes of the emergency numbers to ring, for coordinators and administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.numbers import views
from sync.locale import N_

COORDINATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/numbers", views.numbers, COORDINATORS),
    ConsoleRoute("/numbers/{number}/rung", views.rung, COORDINATORS, ("POST",)),
)
ENTRIES = (NavigationEntry("/numbers", N_("Numéros à appeler"), "call", COORDINATORS),)
