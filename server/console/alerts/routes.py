"""Routes of alerts, for coordinators and administrators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.alerts import actions, views
from sync.locale import N_

SENDERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/alerts", views.alerts, SENDERS),
    ConsoleRoute("/alerts/new", actions.create_draft, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}", views.draft, SENDERS, ("GET", "POST")),
    ConsoleRoute("/alerts/drafts/{slug}/check", views.draft_check, SENDERS),
    ConsoleRoute("/alerts/drafts/{slug}/send", actions.send_alert, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/ask", actions.request_approval, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/approve", actions.approve_draft, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/schedule", actions.schedule_draft, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/template", actions.save_template, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/drop", actions.delete_draft, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/sent/{slug}", views.sent_alert, SENDERS),
)
ENTRIES = (NavigationEntry("/alerts", N_("Alertes"), "megaphone", SENDERS),)
