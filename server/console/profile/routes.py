"""Routes of one's own account, for every role."""

from __future__ import annotations

from server.console.access import EVERYONE, ConsoleRoute, NavigationEntry
from server.console.profile import actions, views
from sync.locale import N_

ROUTES = (
    ConsoleRoute("/me", views.profile, EVERYONE),
    ConsoleRoute("/me/settings", actions.save_settings, EVERYONE, ("POST",)),
    ConsoleRoute("/me/password", actions.change_password, EVERYONE, ("POST",)),
    ConsoleRoute("/me/sessions", actions.end_session, EVERYONE, ("POST",)),
    ConsoleRoute("/me/second", views.second_factor, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/me/second/off", actions.disable_second_factor, EVERYONE, ("POST",)),
)
ENTRIES = (NavigationEntry("/me", N_("Mon compte"), "key", EVERYONE),)
