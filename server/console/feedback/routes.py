"""Routes of feedback. Analysts see totals; coordinators and administrators read, answer and erase.

Sealing keys decide who reads sealed answers, so only administrators register them.
"""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.feedback import (
    actions,
    bulk_erasure,
    exports,
    form_page,
    form_upload,
    keys,
    place_map,
    quarantine,
    sealed,
    submission,
    views,
)
from sync.locale import N_

READERS = submission.READERS
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
TOTALS_READERS = READERS | {Role.ANALYST}
UPLOAD_LIMIT = 24 * 1024 * 1024  # bytes of a posted workbook with its lists, pictures and sounds

ROUTES = (
    ConsoleRoute("/feedback", views.overview, TOTALS_READERS),
    ConsoleRoute("/feedback/list", views.submissions, READERS),
    ConsoleRoute("/feedback/map", place_map.place_map, READERS),
    ConsoleRoute("/feedback/flood", bulk_erasure.flood, READERS),
    ConsoleRoute("/feedback/flood/erase", bulk_erasure.erase_flood, READERS, ("POST",)),
    ConsoleRoute("/feedback/code", views.find_by_code, READERS),
    ConsoleRoute("/feedback/quarantine", quarantine.quarantine, READERS),
    ConsoleRoute("/feedback/quarantine/erase", quarantine.erase_record, READERS, ("POST",)),
    ConsoleRoute("/feedback/charts/{form}", views.charts, TOTALS_READERS),
    ConsoleRoute("/feedback/export/{form}", exports.download_answers, READERS),
    ConsoleRoute("/feedback/forms", form_upload.forms, READERS, ("GET", "POST"), UPLOAD_LIMIT),
    ConsoleRoute("/feedback/forms/copy", form_upload.download_clean_copy, READERS, ("POST",), UPLOAD_LIMIT),
    ConsoleRoute("/feedback/forms/{form}", form_page.form, READERS),
    ConsoleRoute("/feedback/forms/{form}/try", form_page.practice, READERS),
    ConsoleRoute("/feedback/forms/{form}/source", form_page.source, READERS),
    ConsoleRoute("/feedback/forms/{form}/withdraw", form_page.withdraw, READERS, ("POST",)),
    ConsoleRoute("/feedback/forms/{form}/restore", form_page.restore, READERS, ("POST",)),
    ConsoleRoute("/feedback/keys", keys.keys, ADMINISTRATORS, needs_fresh_sign_in=("GET",)),
    ConsoleRoute(
        "/feedback/keys/made", actions.register_keys, ADMINISTRATORS, ("POST",), needs_fresh_sign_in=("POST",)
    ),
    ConsoleRoute(
        "/feedback/keys/tried", actions.confirm_key_test, ADMINISTRATORS, ("POST",), needs_fresh_sign_in=("POST",)
    ),
    ConsoleRoute("/feedback/open/{form}", sealed.decryption_page, READERS),
    ConsoleRoute("/feedback/sealed/{form}", sealed.sealed_lines, READERS),
    ConsoleRoute("/feedback/sealed/{id}/{index}", sealed.sealed_attachment, READERS),
    ConsoleRoute("/feedback/one/{id}", submission.submission, READERS),
    ConsoleRoute("/feedback/one/{id}/file/{index}", submission.attachment, READERS),
    ConsoleRoute("/feedback/one/{id}/handle", actions.update_handling, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/note", actions.add_note, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/answer", actions.save_answer, READERS, ("POST",)),
    ConsoleRoute("/feedback/one/{id}/erase", actions.erase_submission, READERS, ("POST",)),
)
ENTRIES = (NavigationEntry("/feedback", N_("Retours"), "ear", TOTALS_READERS),)
