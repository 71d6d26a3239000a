"""Routes of documents. Writers review each other; withdrawal and review dates are for coordinators."""

from __future__ import annotations

from server.console.access import PUBLIC, ConsoleRoute, NavigationEntry, Role
from server.console.writing import actions, editor, phone_preview, preview, review, views
from sync.locale import N_

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})
COORDINATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/writing", views.documents, WRITERS),
    ConsoleRoute("/writing/new", views.new_document, WRITERS, ("GET", "POST")),
    ConsoleRoute("/writing/undo", actions.undo_last, WRITERS, ("POST",)),
    ConsoleRoute("/writing/shown/{token}", phone_preview.shown_draft, PUBLIC),
    ConsoleRoute("/writing/{id}", views.document, WRITERS),
    ConsoleRoute("/writing/{id}/phone", phone_preview.preview_code, WRITERS),
    ConsoleRoute("/writing/{id}/edit", editor.edit, WRITERS, ("GET", "POST")),
    ConsoleRoute("/writing/{id}/preview", preview.preview, WRITERS, ("GET", "POST")),
    ConsoleRoute("/writing/{id}/ask", actions.request_review, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/approve", actions.approve_draft, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/publish", actions.approve_and_publish, COORDINATORS, ("POST",)),
    ConsoleRoute("/writing/{id}/remark", review.add_remark, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/return", actions.send_back, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/discard", actions.discard_draft, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/drop", actions.delete_aside, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/due", actions.set_due_date, COORDINATORS, ("POST",)),
    ConsoleRoute("/writing/{id}/withdraw", actions.withdraw_document, COORDINATORS, ("POST",)),
    ConsoleRoute("/writing/{id}/keep", actions.keep_document, COORDINATORS, ("POST",)),
    ConsoleRoute("/writing/{id}/back", actions.restore_document, COORDINATORS, ("POST",)),
)
ENTRIES = (NavigationEntry("/writing", N_("Documents"), "book", WRITERS),)
