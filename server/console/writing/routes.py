"""The addresses of writing. Whoever writes may review what others wrote; taking a document off the site is for coordination."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.writing import deeds, editor, previewing, screens
from sync.locale import N_

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})
COORDINATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/writing", screens.documents, WRITERS),
    ConsoleRoute("/writing/new", screens.new, WRITERS, ("GET", "POST")),
    ConsoleRoute("/writing/{id}", screens.document, WRITERS),
    ConsoleRoute("/writing/{id}/edit", editor.edit, WRITERS, ("GET", "POST")),
    ConsoleRoute("/writing/{id}/preview", previewing.preview, WRITERS, ("GET", "POST")),
    ConsoleRoute("/writing/{id}/ask", deeds.ask_review, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/approve", deeds.approve, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/return", deeds.send_back, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/discard", deeds.discard, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/drop", deeds.drop_aside, WRITERS, ("POST",)),
    ConsoleRoute("/writing/{id}/due", deeds.set_due, COORDINATORS, ("POST",)),
    ConsoleRoute("/writing/{id}/withdraw", deeds.withdraw, COORDINATORS, ("POST",)),
    ConsoleRoute("/writing/{id}/back", deeds.bring_back, COORDINATORS, ("POST",)),
)
ENTRIES = (Entry("/writing", N_("Documents"), "book", WRITERS),)
