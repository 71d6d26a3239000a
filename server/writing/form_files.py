"""Forms from uploaded files, workbooks (.xlsx) or Markdown, read and compiled in a process of its own.

A workbook of a few kilobytes can hold hundreds of thousands of cells; whoever uploads it must not stop the server.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from server.web.app_state import HasApp
from server.web.limited_process import LimitedProcess, ProcessLimits, apply_limits
from sync.content.schemas import from_fields, to_fields
from sync.documents.field_types import ErrorReport
from sync.documents.model import FormDocument
from sync.errors import BadContent, BadFolder, BadRequest
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document, form_from_xlsx, read_form

FILE_LIMIT = 16 * 1024 * 1024  # bytes: pyxform checks a form by way of a temporary file
LIMITS = ProcessLimits(memory=512 * 1024 * 1024, processor=10, timeout=60, file=FILE_LIMIT)


@dataclass(frozen=True, slots=True)
class FormFile:
    """A form that was read. `media`: names of the images and sounds that it shows."""

    document: FormDocument
    media: tuple[str, ...]


class FormFileReader:
    def __init__(self) -> None:
        self._process = LimitedProcess("server.writing.form_files", LIMITS)

    async def read(self, slug: str, data: bytes, name: str) -> FormFile:
        """Read a file. Raises BadFolder with its errors, BadRequest for another kind of file or one too heavy."""
        if not name.lower().endswith((".xlsx", ".md")):
            raise BadRequest("file-kind", "Ce n’est ni un classeur .xlsx ni un fichier .md.")
        output = await self._process.run([slug, name], data)
        try:
            result = json.loads(output)
        except ValueError:
            raise BadRequest("file-heavy", "Ce fichier demande trop de travail à ce serveur.") from None
        if "errors" in result:
            raise BadFolder([_error_from_json(error) for error in result["errors"]])
        document: FormDocument = from_fields("form", result["fields"], f"form:{slug}:{result['lang']}")
        return FormFile(document, tuple(result["media"]))


def form_files_of(request: HasApp) -> FormFileReader:
    form_files: FormFileReader = request.app.state.form_files
    return form_files


def main() -> None:
    """The child: slug and file name as arguments."""
    apply_limits(LIMITS)
    slug, name = sys.argv[1:3]
    sys.stdout.write(json.dumps(_read(slug, sys.stdin.buffer.read(), name), default=str))


def _read(slug: str, data: bytes, name: str) -> dict[str, Any]:
    try:
        document = _parse(slug, data, name)
    except BadFolder as failure:
        return {"errors": [_error_as_json(error) for error in failure.errors]}
    media = Form(compile_document(document)).media
    return {"fields": to_fields("form", document), "lang": document.lang, "media": sorted(media)}


def _parse(slug: str, data: bytes, name: str) -> FormDocument:
    if name.lower().endswith(".xlsx"):
        return form_from_xlsx(slug, data, name)
    report = ErrorReport(name)
    document = read_form(slug, data.decode("utf-8", "replace"), report)
    if document is None or report.errors:
        raise BadFolder(report.errors)
    return document


def _error_as_json(error: BadContent) -> list[Any]:
    cell = getattr(error, "cell", None)
    place = [cell.sheet, cell.row, cell.column] if cell else None
    return [place, error.path, error.line, error.code, error.sentence, error.hint, error.values]


def _error_from_json(value: list[Any]) -> BadContent:
    from sync.forms.sheets import BadCell, SheetCell  # loads pyxform, which takes half a second

    place, path, line, code, sentence, hint, values = value
    if place:
        return BadCell(path, line, SheetCell(*place), code, sentence, hint, **values)
    return BadContent(path, line, code, sentence, hint, **values)
