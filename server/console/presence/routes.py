"""Route of open texts, for everyone who writes; a script of the editors calls it."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.presence import actions

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})

ROUTES = (ConsoleRoute("/presence", actions.note_presence, WRITERS, ("POST",)),)
ENTRIES: tuple[NavigationEntry, ...] = ()
