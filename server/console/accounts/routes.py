"""The addresses of accounts: only administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.accounts import screens
from sync.locale import N_

KEEPERS = frozenset({Role.ADMINISTRATOR})

ROUTES = (
    ConsoleRoute("/accounts", screens.accounts, KEEPERS, ("GET", "POST")),
    ConsoleRoute("/accounts/{name}", screens.account, KEEPERS),
    ConsoleRoute("/accounts/{name}/role", screens.change_role, KEEPERS, ("POST",)),
    ConsoleRoute("/accounts/{name}/reset", screens.reset, KEEPERS, ("POST",)),
    ConsoleRoute("/accounts/{name}/sessions", screens.end_sessions, KEEPERS, ("POST",)),
    ConsoleRoute("/accounts/{name}/close", screens.close, KEEPERS, ("POST",)),
)
ENTRIES = (Entry("/accounts", N_("Comptes"), "people", KEEPERS),)
