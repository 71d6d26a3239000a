"""The addresses of feedback. Analysts see totals alone; whoever coordinates reads, answers and erases.

Who registers a key decides who reads sealed answers: administrators.
"""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.feedback import exports, forms, keys, overview, sealed, submission
from sync.locale import N_

READERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
KEEPERS = frozenset({Role.ADMINISTRATOR})
COUNTERS = READERS | {Role.ANALYST}
UPLOAD_LIMIT = 3 * 1024 * 1024  # bytes of a posted workbook with its form

ROUTES = (
    ConsoleRoute("/feedback", overview.overview, COUNTERS),
    ConsoleRoute("/feedback/list", overview.submissions, READERS),
    ConsoleRoute("/feedback/code", overview.by_code, READERS),
    ConsoleRoute("/feedback/charts/{form}", overview.charts, COUNTERS),
    ConsoleRoute("/feedback/export/{form}", exports.download, READERS),
    ConsoleRoute("/feedback/forms", forms.forms, READERS, ("GET", "POST"), UPLOAD_LIMIT),
    ConsoleRoute("/feedback/keys", keys.keys, KEEPERS),
    ConsoleRoute("/feedback/keys/made", keys.register, KEEPERS, ("POST",)),
    ConsoleRoute("/feedback/keys/tried", keys.tried, KEEPERS, ("POST",)),
    ConsoleRoute("/feedback/open/{form}", sealed.opening, READERS),
    ConsoleRoute("/feedback/sealed/{form}", sealed.lines, READERS),
    ConsoleRoute("/feedback/sealed/{id}/{index}", sealed.attachment, READERS),
    ConsoleRoute("/feedback/one/{id}", submission.submission, READERS),
    ConsoleRoute("/feedback/one/{id}/file/{index}", submission.attachment, READERS),
    ConsoleRoute("/feedback/one/{id}/handle", submission.handle, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/note", submission.note, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/answer", submission.answer, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/erase", submission.erase, READERS, ("POST",)),
)
ENTRIES = (Entry("/feedback", N_("Retours"), "ear", COUNTERS),)
