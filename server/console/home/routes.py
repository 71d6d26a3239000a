"""The address of the console's first page."""
from __future__ import annotations

from server.console.access import EVERYONE, ConsoleRoute, Entry
from server.console.components.words import N_
from server.console.home import screens

ROUTES = (ConsoleRoute("/", screens.home, EVERYONE),)
ENTRIES = (Entry("/", N_("Accueil"), "home", EVERYONE),)
