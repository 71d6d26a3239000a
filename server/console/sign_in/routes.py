"""Routes of sign-in and sign-out. Sign-out and a repeated sign-in need a session."""

from __future__ import annotations

from server.console.access import EVERYONE, PUBLIC, ConsoleRoute, NavigationEntry
from server.console.sign_in import actions, views

ROUTES = (
    ConsoleRoute("/sign-in", views.sign_in, PUBLIC, ("GET", "POST")),
    ConsoleRoute("/sign-in/passkey", views.passkey_options, PUBLIC),
    ConsoleRoute("/sign-in/again", views.sign_in_again, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/welcome/{token}", views.welcome, PUBLIC, ("GET", "POST")),
    ConsoleRoute("/sign-out", actions.sign_out, EVERYONE, ("POST",)),
)
ENTRIES: tuple[NavigationEntry, ...] = ()
