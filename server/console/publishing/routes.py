"""The addresses of publishing: coordination only."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.publishing import requests, views
from sync.locale import N_

PUBLISHERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/publishing", views.overview, PUBLISHERS),
    ConsoleRoute("/publishing/plan", views.show_plan, PUBLISHERS),
    ConsoleRoute("/publishing/publish", views.publish, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/ask", requests.form, PUBLISHERS),
    ConsoleRoute("/publishing/ask", requests.ask, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/{channel}", views.history, PUBLISHERS),
    ConsoleRoute("/publishing/{channel}/again/{edition}", views.again, PUBLISHERS, ("GET", "POST")),
)
ENTRIES = (Entry("/publishing", N_("Publier"), "megaphone", PUBLISHERS),)
