"""Exports as whole files, for tests of what stands in them."""

from __future__ import annotations

from collections.abc import Sequence

from sync.forms.compiled_form import Form
from sync.submissions.export import open_export
from sync.submissions.submission_reader import ReadSubmission


def export_file(
    file_format: str, forms: Sequence[Form], entries: Sequence[ReadSubmission], *, labels: bool = False, lang: str = ""
) -> tuple[bytes, str]:
    """The bytes and the extension of an export that takes one submission at a time."""
    export = open_export(file_format, forms, labels=labels, lang=lang)
    try:
        parts = [export.start(), *(export.add([entry]) for entry in entries)]
        return b"".join([*parts, *export.finish()]), export.suffix
    finally:
        export.close()
