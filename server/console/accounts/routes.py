"""Routes of accounts, for administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.accounts import actions, views
from sync.locale import N_

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
FRESH = ("POST",)  # gives or takes power

ROUTES = (
    ConsoleRoute("/accounts", views.accounts, ADMINISTRATORS, ("GET", "POST"), needs_fresh_sign_in=FRESH),
    ConsoleRoute("/accounts/{name}", views.account, ADMINISTRATORS),
    ConsoleRoute("/accounts/{name}/role", actions.change_role, ADMINISTRATORS, ("POST",), needs_fresh_sign_in=FRESH),
    ConsoleRoute(
        "/accounts/{name}/reset", actions.reset_password, ADMINISTRATORS, ("POST",), needs_fresh_sign_in=FRESH
    ),
    ConsoleRoute("/accounts/{name}/sessions", actions.end_sessions, ADMINISTRATORS, ("POST",)),
    ConsoleRoute("/accounts/{name}/close", actions.close_account, ADMINISTRATORS, ("POST",), needs_fresh_sign_in=FRESH),
)
ENTRIES = (NavigationEntry("/accounts", N_("Comptes"), "people", ADMINISTRATORS),)
