"""Routes of the calendar of reviews, for everyone who writes; the file is behind the sign-in too."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.calendar import views
from sync.locale import N_

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})

ROUTES = (
    ConsoleRoute("/calendar", views.month, WRITERS),
    ConsoleRoute("/calendar/file", views.download, WRITERS),
)
ENTRIES = (NavigationEntry("/calendar", N_("Calendrier"), "calendar", WRITERS),)
