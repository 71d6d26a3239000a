"""Route of the table of translations; the texts themselves are edited in the area `writing`."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.translations import views
from sync.locale import N_

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})

ROUTES = (ConsoleRoute("/translations", views.translations, WRITERS),)
ENTRIES = (NavigationEntry("/translations", N_("Traductions"), "globe", WRITERS),)
