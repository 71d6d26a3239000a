"""The address of the journal."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.journal import screens
from sync.locale import N_

READERS = frozenset({Role.ADMINISTRATOR})

ROUTES = (ConsoleRoute("/journal", screens.journal, READERS),)
ENTRIES = (Entry("/journal", N_("Journal"), "eye", READERS),)
