"""The addresses of coming in and going out. All but sign-out are for whoever has no session."""

from __future__ import annotations

from server.console.access import EVERYONE, PUBLIC, ConsoleRoute, Entry
from server.console.entrance import screens

ROUTES = (
    ConsoleRoute("/sign-in", screens.sign_in, PUBLIC, ("GET", "POST")),
    ConsoleRoute("/welcome/{token}", screens.welcome, PUBLIC, ("GET", "POST")),
    ConsoleRoute("/sign-out", screens.sign_out, EVERYONE, ("POST",)),
)
ENTRIES: tuple[Entry, ...] = ()
