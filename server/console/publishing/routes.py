"""The addresses of publishing: coordination only."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.publishing import asking, screens
from sync.locale import N_

PUBLISHERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/publishing", screens.overview, PUBLISHERS),
    ConsoleRoute("/publishing/plan", screens.show_plan, PUBLISHERS),
    ConsoleRoute("/publishing/publish", screens.publish, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/ask", asking.form, PUBLISHERS),
    ConsoleRoute("/publishing/ask", asking.ask, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/{channel}", screens.history, PUBLISHERS),
    ConsoleRoute("/publishing/{channel}/again/{edition}", screens.again, PUBLISHERS, ("GET", "POST")),
)
ENTRIES = (Entry("/publishing", N_("Publier"), "megaphone", PUBLISHERS),)
