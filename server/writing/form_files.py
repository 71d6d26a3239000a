"""Forms from uploaded files, workbooks (.xlsx) or Markdown, read and compiled in a process of its own.

A workbook of a few kilobytes can hold hundreds of thousands of cells; whoever uploads it must not stop the server.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from server.web.app_state import HasApp
from server.web.limited_process import LimitedProcess, ProcessLimits, apply_limits
from server.writing.document_slug import free_slug
from sync.content.schemas import from_fields, to_fields
from sync.documents.model import FormDocument
from sync.documents.text_types import SLUG
from sync.errors import BadContent, BadFolder, BadRequest
from sync.forms.form_document import FormIntake, clean_workbook, form_from_tables, form_from_workbook
from sync.forms.form_files import NO_FILES, FormFiles

WORKBOOKS = (".xlsx", ".xlsm", ".xls")
DEFAULT_SLUG = "formulaire"
FILE_LIMIT = 16 * 1024 * 1024  # bytes: pyxform checks a form by way of a temporary file
LIMITS = ProcessLimits(memory=512 * 1024 * 1024, processor=10, timeout=60, file=FILE_LIMIT)


@dataclass(frozen=True, slots=True)
class FormFile:
    """A form that was read.

    `media`: names of the images and sounds that it shows. `notices`: what its author is told of changes.
    `missing_lists`, `missing_media`: files that it asks for; while a list is missing it cannot be kept.
    """

    document: FormDocument
    media: tuple[str, ...]
    notices: tuple[BadContent, ...]
    missing_lists: tuple[str, ...] = ()
    missing_media: tuple[str, ...] = ()


class FormFileReader:
    def __init__(self) -> None:
        self._process = LimitedProcess("server.writing.form_files", LIMITS)

    async def read(self, slug: str, data: bytes, name: str, files: FormFiles = NO_FILES) -> FormFile:
        """Read a file; without a `slug` the form gets one from its own id, its title or the file's name.

        Raises BadFolder with its errors, BadRequest for another kind of file or one too heavy.
        """
        if not name.lower().endswith((*WORKBOOKS, ".md")):
            raise BadRequest("file-kind", "Ce n’est ni un classeur .xlsx ou .xls ni un fichier .md.")
        result = await self._run("read", slug, name, _pack(files) + data)
        document: FormDocument = from_fields(
            "form", result["fields"], f"form:{result['fields']['slug']}:{result['lang']}"
        )
        return FormFile(
            document,
            tuple(result["media"]),
            tuple(map(_error_from_json, result["notices"])),
            tuple(result["missing_lists"]),
            tuple(result["missing_media"]),
        )

    async def _run(self, task: str, slug: str, name: str, data: bytes) -> dict[str, Any]:
        output = await self._process.run([task, slug, name], data)
        try:
            result: dict[str, Any] = json.loads(output)
        except ValueError:
            raise BadRequest("file-heavy", "Ce fichier demande trop de travail à ce serveur.") from None
        if "errors" in result:
            raise BadFolder([_error_from_json(error) for error in result["errors"]])
        return result

    async def clean_workbook(self, text: str) -> bytes:
        """The workbook (.xlsx) of a form's tables. Raises BadFolder, BadRequest as `read`."""
        result = await self._run("workbook", "copie", "copie.md", text.encode())
        return base64.b64decode(result["workbook"])


def form_files_of(request: HasApp) -> FormFileReader:
    form_files: FormFileReader = request.app.state.form_files
    return form_files


def main() -> None:
    """The child: task, slug and file name as arguments."""
    apply_limits(LIMITS)
    sys.stdout.write(json.dumps(_work(sys.argv[1:], sys.stdin.buffer.read()), default=str))


def _work(arguments: Sequence[str], data: bytes) -> dict[str, Any]:
    task, slug, name = arguments
    try:
        return _read(slug, data, name) if task == "read" else _make_workbook(data)
    except BadFolder as failure:
        return {"errors": [_error_as_json(error) for error in failure.errors]}


def _make_workbook(data: bytes) -> dict[str, Any]:
    return {"workbook": base64.b64encode(clean_workbook(data.decode("utf-8", "replace"))).decode()}


def _pack(files: FormFiles) -> bytes:
    """One line of JSON, which stands before the form's bytes."""
    lists = {name: base64.b64encode(data).decode() for name, data in files.lists.items()}
    return json.dumps({"lists": lists, "media": dict(files.media)}).encode() + b"\n"


def _unpack(data: bytes) -> tuple[FormFiles, bytes]:
    head, _, rest = data.partition(b"\n")
    value = json.loads(head)
    lists = {name: base64.b64decode(text) for name, text in value["lists"].items()}
    return FormFiles(lists, value["media"], may_wait=True), rest


def _read(slug: str, packed: bytes, name: str) -> dict[str, Any]:
    files, data = _unpack(packed)
    intake = _parse(slug or DEFAULT_SLUG, data, name, files)
    document = intake.document
    if not slug:
        document = replace(document, slug=_propose_slug(intake, name))
    return {
        "fields": to_fields("form", document),
        "lang": document.lang,
        "media": intake.media,
        "missing_lists": intake.missing_lists,
        "missing_media": intake.missing_media,
        "notices": [_error_as_json(notice) for notice in intake.notices],
    }


def _propose_slug(intake: FormIntake, name: str) -> str:
    """The form's own id, or words of its id, its title or its file's name."""
    form_id = intake.form_id.lower().replace("_", "-")
    if re.fullmatch(SLUG, form_id):
        return form_id
    texts = (form_id, intake.document.title, PurePath(name).stem)
    return next(filter(None, (free_slug(text, lambda _: False) for text in texts)), DEFAULT_SLUG)


def _parse(slug: str, data: bytes, name: str, files: FormFiles) -> FormIntake:
    if name.lower().endswith(WORKBOOKS):
        return form_from_workbook(slug, data, name, files)
    return form_from_tables(slug, data.decode("utf-8", "replace"), name, files)


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
