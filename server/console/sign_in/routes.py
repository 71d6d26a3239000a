"""The addresses of coming in and going out. All but sign-out are for whoever has no session."""

from __future__ import annotations

from server.console.access import EVERYONE, PUBLIC, ConsoleRoute, NavigationEntry
from server.console.sign_in import views

ROUTES = (
    ConsoleRoute("/sign-in", views.sign_in, PUBLIC, ("GET", "POST")),
    ConsoleRoute("/welcome/{token}", views.welcome, PUBLIC, ("GET", "POST")),
    ConsoleRoute("/sign-out", views.sign_out, EVERYONE, ("POST",)),
)
ENTRIES: tuple[NavigationEntry, ...] = ()
