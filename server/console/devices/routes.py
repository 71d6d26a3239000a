"""The addresses of phones: whoever works with facilitators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.devices import views
from sync.locale import N_

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.FACILITATOR})

ROUTES = (
    ConsoleRoute("/devices", views.devices, KEEPERS, ("GET", "POST")),
    ConsoleRoute("/devices/drop", views.drop, KEEPERS, ("POST",)),
    ConsoleRoute("/devices/{id}/revoke", views.revoked, KEEPERS, ("POST",)),
)
ENTRIES = (Entry("/devices", N_("Téléphones"), "phone", KEEPERS),)
