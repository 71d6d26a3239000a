"""Routes of publishing, for coordinators and administrators."""

from __future__ import annotations

from server.accounts.account import PUBLISHERS
from server.console.access import ConsoleRoute, NavigationEntry
from server.console.publishing import actions, views
from sync.locale import N_

ROUTES = (
    ConsoleRoute("/publishing", views.overview, PUBLISHERS),
    ConsoleRoute("/publishing/plan", views.plan, PUBLISHERS),
    ConsoleRoute("/publishing/publish", actions.publish_plan, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/schedule", actions.schedule_plan, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/cancel/{id}", actions.cancel_scheduled, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/progress/{run}", views.progress, PUBLISHERS),
    ConsoleRoute("/publishing/ask", views.request_form, PUBLISHERS),
    ConsoleRoute("/publishing/ask", actions.request_publication, PUBLISHERS, ("POST",)),
    ConsoleRoute("/publishing/{channel}", views.history, PUBLISHERS),
    ConsoleRoute("/publishing/{channel}/again/{edition}", views.republish, PUBLISHERS, ("GET", "POST")),
)
ENTRIES = (NavigationEntry("/publishing", N_("Publier"), "send", PUBLISHERS),)
