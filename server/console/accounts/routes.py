"""Routes of accounts, for administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.accounts import actions, views
from sync.locale import N_

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

ROUTES = (
    ConsoleRoute("/accounts", views.accounts, ADMINISTRATORS, ("GET", "POST")),
    ConsoleRoute("/accounts/{name}", views.account, ADMINISTRATORS),
    ConsoleRoute("/accounts/{name}/role", actions.change_role, ADMINISTRATORS, ("POST",)),
    ConsoleRoute("/accounts/{name}/reset", actions.reset_password, ADMINISTRATORS, ("POST",)),
    ConsoleRoute("/accounts/{name}/sessions", actions.end_sessions, ADMINISTRATORS, ("POST",)),
    ConsoleRoute("/accounts/{name}/close", actions.close_account, ADMINISTRATORS, ("POST",)),
)
ENTRIES = (NavigationEntry("/accounts", N_("Comptes"), "people", ADMINISTRATORS),)
