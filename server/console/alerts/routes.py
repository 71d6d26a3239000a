"""The addresses of alerts: coordinators and administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.alerts import actions, views
from sync.locale import N_

SENDERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/alerts", views.alerts, SENDERS),
    ConsoleRoute("/alerts/new", actions.begin, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}", views.draft, SENDERS, ("GET", "POST")),
    ConsoleRoute("/alerts/drafts/{slug}/check", views.check, SENDERS),
    ConsoleRoute("/alerts/drafts/{slug}/send", actions.send, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/ask", actions.ask, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/approve", actions.approve, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/schedule", actions.schedule, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/template", actions.keep_template, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/drop", actions.drop, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/sent/{slug}", views.sent, SENDERS),
)
ENTRIES = (Entry("/alerts", N_("Alertes"), "megaphone", SENDERS),)
