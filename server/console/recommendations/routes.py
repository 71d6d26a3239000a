"""Routes of what became of recommendations, for coordinators and administrators. Their texts are documents."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.recommendations import actions, views
from sync.locale import N_

COORDINATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/recommendations", views.recommendations, COORDINATORS),
    ConsoleRoute("/recommendations/{slug}", views.recommendation, COORDINATORS),
    ConsoleRoute("/recommendations/{slug}/sent", actions.note_sent, COORDINATORS, ("POST",)),
    ConsoleRoute("/recommendations/{slug}/answered", actions.note_answer, COORDINATORS, ("POST",)),
)
ENTRIES = (NavigationEntry("/recommendations", N_("Recommandations"), "letter", COORDINATORS),)
