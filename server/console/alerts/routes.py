"""Routes of alerts, for coordinators and administrators."""

from __future__ import annotations

from server.console.access import PUBLIC, ConsoleRoute, NavigationEntry, Role
from server.console.alerts import actions, editor, guest, received, received_actions, redirects, views
from sync.locale import N_

SENDERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/alerts", views.alerts, SENDERS),
    ConsoleRoute("/alerts/new", editor.new_draft, SENDERS, ("GET", "POST")),
    ConsoleRoute("/alerts/drafts/{slug}", editor.draft, SENDERS, ("GET", "POST")),
    ConsoleRoute("/alerts/drafts/{slug}/check", views.draft_check, SENDERS),
    ConsoleRoute("/alerts/drafts/{slug}/send", actions.send_alert, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/ask", actions.request_approval, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/approve", actions.approve_draft, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/invite", guest.invite_guest, SENDERS, ("POST",), needs_fresh_sign_in=("POST",)),
    ConsoleRoute("/alerts/guest/{token}", guest.guest_page, PUBLIC, ("GET", "POST")),
    ConsoleRoute("/alerts/drafts/{slug}/schedule", actions.schedule_draft, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/template", actions.save_template, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/drafts/{slug}/drop", actions.delete_draft, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/received", received.received_alerts, SENDERS),
    ConsoleRoute("/alerts/received/{id}", received.received_alert, SENDERS),
    ConsoleRoute("/alerts/received/{id}/draft", received_actions.draft_received, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/feeds", received.watched_feeds, SENDERS),
    ConsoleRoute("/alerts/feeds/new", received_actions.add_feed, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/feeds/{id}/drop", received_actions.remove_feed, SENDERS, ("POST",)),
    ConsoleRoute("/alerts/of/{slug}", redirects.open_alert, SENDERS),
    ConsoleRoute("/alerts/sent/{slug}", views.sent_alert, SENDERS),
)
ENTRIES = (NavigationEntry("/alerts", N_("Alertes"), "megaphone", SENDERS),)
