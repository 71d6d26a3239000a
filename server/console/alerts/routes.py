"""The addresses of alerts: coordinators and administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.alerts import deeds, screens
from sync.locale import N_

SENDERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/alerts", screens.alerts, SENDERS),
    ConsoleRoute("/alerts/new", deeds.begin, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}", screens.draft, SENDERS, ("GET", "POST")),
    ConsoleRoute("/alerts/drafts/{slug}/check", screens.check, SENDERS),
    ConsoleRoute("/alerts/drafts/{slug}/send", deeds.send, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/ask", deeds.ask, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/approve", deeds.approve, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/schedule", deeds.schedule, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/template", deeds.keep_template, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/drop", deeds.drop, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/sent/{slug}", screens.sent, SENDERS),
)
ENTRIES = (Entry("/alerts", N_("Alertes"), "megaphone", SENDERS),)
