"""The addresses of accounts: only administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.accounts import views
from sync.locale import N_

KEEPERS = frozenset({Role.ADMINISTRATOR})

ROUTES = (
    ConsoleRoute("/accounts", views.accounts, KEEPERS, ("GET", "POST")),
    ConsoleRoute("/accounts/{name}", views.account, KEEPERS),
    ConsoleRoute("/accounts/{name}/role", views.change_role, KEEPERS, ("POST",)),
    ConsoleRoute("/accounts/{name}/reset", views.reset, KEEPERS, ("POST",)),
    ConsoleRoute("/accounts/{name}/sessions", views.end_sessions, KEEPERS, ("POST",)),
    ConsoleRoute("/accounts/{name}/close", views.close, KEEPERS, ("POST",)),
)
ENTRIES = (Entry("/accounts", N_("Comptes"), "people", KEEPERS),)
