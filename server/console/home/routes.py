"""Route of the console's first page, for every role."""

from __future__ import annotations

from server.console.access import EVERYONE, ConsoleRoute, NavigationEntry
from server.console.home import views
from sync.locale import N_

ROUTES = (ConsoleRoute("/", views.home, EVERYONE),)
ENTRIES = (NavigationEntry("/", N_("Accueil"), "home", EVERYONE),)
