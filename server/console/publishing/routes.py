"""The addresses of publishing: coordination only."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.publishing import requests, views
from sync.locale import N_

PUBLISHERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/publishing", views.overview, PUBLISHERS),
    ConsoleRoute("/publishing/plan", views.plan, PUBLISHERS),
    ConsoleRoute("/publishing/publish", views.publish_plan, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/ask", requests.request_form, PUBLISHERS),
    ConsoleRoute("/publishing/ask", requests.request_publication, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/{channel}", views.history, PUBLISHERS),
    ConsoleRoute("/publishing/{channel}/again/{edition}", views.republish, PUBLISHERS, ("GET", "POST")),
)
ENTRIES = (NavigationEntry("/publishing", N_("Publier"), "megaphone", PUBLISHERS),)
