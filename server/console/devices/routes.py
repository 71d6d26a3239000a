"""Routes of phones, for everyone who works with facilitators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.devices import actions, views
from sync.locale import N_

DEVICE_MANAGERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.FACILITATOR})

ROUTES = (
    ConsoleRoute("/devices", views.devices, DEVICE_MANAGERS, ("GET", "POST")),
    ConsoleRoute("/devices/drop", actions.cancel_invitation, DEVICE_MANAGERS, ("POST",)),
    ConsoleRoute("/devices/{id}/revoke", actions.revoke_device, DEVICE_MANAGERS, ("POST",)),
)
ENTRIES = (NavigationEntry("/devices", N_("Téléphones"), "phone", DEVICE_MANAGERS),)
