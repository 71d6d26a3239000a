"""The addresses of one's own account."""

from __future__ import annotations

from server.console.access import EVERYONE, ConsoleRoute, Entry
from server.console.profile import views
from sync.locale import N_

ROUTES = (
    ConsoleRoute("/me", views.me, EVERYONE),
    ConsoleRoute("/me/settings", views.settings, EVERYONE, ("POST",)),
    ConsoleRoute("/me/password", views.password, EVERYONE, ("POST",)),
    ConsoleRoute("/me/sessions", views.end_session, EVERYONE, ("POST",)),
    ConsoleRoute("/me/second", views.second_factor, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/me/second/off", views.second_off, EVERYONE, ("POST",)),
)
ENTRIES = (Entry("/me", N_("Mon compte"), "key", EVERYONE),)
