"""The addresses of one's own account."""

from __future__ import annotations

from server.console.access import EVERYONE, ConsoleRoute, NavigationEntry
from server.console.profile import views
from sync.locale import N_

ROUTES = (
    ConsoleRoute("/me", views.profile, EVERYONE),
    ConsoleRoute("/me/settings", views.save_settings, EVERYONE, ("POST",)),
    ConsoleRoute("/me/password", views.change_password, EVERYONE, ("POST",)),
    ConsoleRoute("/me/sessions", views.end_session, EVERYONE, ("POST",)),
    ConsoleRoute("/me/second", views.second_factor, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/me/second/off", views.disable_second_factor, EVERYONE, ("POST",)),
)
ENTRIES = (NavigationEntry("/me", N_("Mon compte"), "key", EVERYONE),)
