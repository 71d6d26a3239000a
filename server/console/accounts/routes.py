"""The addresses of accounts: only administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.accounts import views
from sync.locale import N_

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

ROUTES = (
    ConsoleRoute("/accounts", views.accounts, ADMINISTRATORS, ("GET", "POST")),
    ConsoleRoute("/accounts/{name}", views.account, ADMINISTRATORS),
    ConsoleRoute("/accounts/{name}/role", views.change_role, ADMINISTRATORS, ("POST",)),
    ConsoleRoute("/accounts/{name}/reset", views.reset_password, ADMINISTRATORS, ("POST",)),
    ConsoleRoute("/accounts/{name}/sessions", views.end_sessions, ADMINISTRATORS, ("POST",)),
    ConsoleRoute("/accounts/{name}/close", views.close_account, ADMINISTRATORS, ("POST",)),
)
ENTRIES = (NavigationEntry("/accounts", N_("Comptes"), "people", ADMINISTRATORS),)
