"""The addresses of feedback. Analysts see totals alone; whoever coordinates reads, answers and erases.

Who registers a key decides who reads sealed answers: administrators.
"""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.feedback import exports, forms, keys, lists, one, sealed
from sync.locale import N_

READERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
KEEPERS = frozenset({Role.ADMINISTRATOR})
COUNTERS = READERS | {Role.ANALYST}
UPLOAD_LIMIT = 3 * 1024 * 1024  # bytes of a posted workbook with its form

ROUTES = (
    ConsoleRoute("/feedback", lists.overview, COUNTERS),
    ConsoleRoute("/feedback/list", lists.submissions, READERS),
    ConsoleRoute("/feedback/code", lists.by_code, READERS),
    ConsoleRoute("/feedback/charts/{form}", lists.charts, COUNTERS),
    ConsoleRoute("/feedback/export/{form}", exports.download, READERS),
    ConsoleRoute("/feedback/forms", forms.forms, READERS, ("GET", "POST"), UPLOAD_LIMIT),
    ConsoleRoute("/feedback/keys", keys.keys, KEEPERS),
    ConsoleRoute("/feedback/keys/made", keys.register, KEEPERS, ("POST",)),
    ConsoleRoute("/feedback/keys/tried", keys.tried, KEEPERS, ("POST",)),
    ConsoleRoute("/feedback/open/{form}", sealed.opening, READERS),
    ConsoleRoute("/feedback/sealed/{form}", sealed.lines, READERS),
    ConsoleRoute("/feedback/sealed/{id}/{index}", sealed.attachment, READERS),
    ConsoleRoute("/feedback/one/{id}", one.submission, READERS),
    ConsoleRoute("/feedback/one/{id}/file/{index}", one.attachment, READERS),
    ConsoleRoute("/feedback/one/{id}/handle", one.handle, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/note", one.note, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/answer", one.answer, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/erase", one.erase, READERS, ("POST",)),
)
ENTRIES = (Entry("/feedback", N_("Retours"), "ear", COUNTERS),)
