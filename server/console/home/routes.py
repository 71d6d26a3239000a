"""The address of the console's first page."""

from __future__ import annotations

from server.console.access import EVERYONE, ConsoleRoute, Entry
from server.console.home import views
from sync.locale import N_

ROUTES = (ConsoleRoute("/", views.home, EVERYONE),)
ENTRIES = (Entry("/", N_("Accueil"), "home", EVERYONE),)
