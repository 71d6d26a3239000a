"""Routes of the rumour desk, for those who read and answer feedback."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.rumours import actions, bulletin, views
from sync.locale import N_

READERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/rumours", views.cases, READERS),
    ConsoleRoute("/rumours/many", actions.decide_many, READERS, ("POST",)),
    ConsoleRoute("/rumours/bulletin", bulletin.bulletin, READERS),
    ConsoleRoute("/rumours/month", bulletin.month, READERS),
    ConsoleRoute("/rumours/of/{report}", views.case_of_report, READERS),
    ConsoleRoute("/rumours/{id}", views.case, READERS),
    ConsoleRoute("/rumours/{id}/level", actions.set_level, READERS, ("POST",)),
    ConsoleRoute("/rumours/{id}/state", actions.set_state, READERS, ("POST",)),
    ConsoleRoute("/rumours/{id}/split", actions.split_case, READERS, ("POST",)),
    ConsoleRoute("/rumours/{id}/notice", actions.name_notice, READERS, ("POST",)),
    ConsoleRoute("/rumours/{id}/write", actions.write_notice, READERS, ("POST",)),
    ConsoleRoute("/rumours/{id}/answer", actions.answer_all, READERS, ("POST",)),
)
ENTRIES = (NavigationEntry("/rumours", N_("Rumeurs"), "speech", READERS),)
