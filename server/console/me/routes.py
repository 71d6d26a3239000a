"""The addresses of one's own account."""

from __future__ import annotations

from server.console.access import EVERYONE, ConsoleRoute, Entry
from server.console.me import screens
from sync.locale import N_

ROUTES = (
    ConsoleRoute("/me", screens.me, EVERYONE),
    ConsoleRoute("/me/settings", screens.settings, EVERYONE, ("POST",)),
    ConsoleRoute("/me/password", screens.password, EVERYONE, ("POST",)),
    ConsoleRoute("/me/sessions", screens.end_session, EVERYONE, ("POST",)),
    ConsoleRoute("/me/second", screens.second_factor, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/me/second/off", screens.second_off, EVERYONE, ("POST",)),
)
ENTRIES = (Entry("/me", N_("Mon compte"), "key", EVERYONE),)
