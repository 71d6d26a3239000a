"""Exports of answers: NDJSON (exactly as sent), CSV and XLSX (a sheet for each repeat)."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sync.forms.compiled_form import Form
from sync.forms.question_types import CellValue
from sync.submissions.submission_reader import ReadSubmission
from sync.submissions.tables import Sheet, build_sheets

FORMATS = ("csv", "xlsx", "ndjson")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_MAX_CELL_LENGTH = 32_767  # characters: the limit of XLSX


def export_submissions(
    file_format: str, forms: Sequence[Form], entries: Sequence[ReadSubmission], *, labels: bool = False, lang: str = ""
) -> tuple[bytes, str]:
    """The file's bytes and its name's extension. CSV of a form with repeats is a zip with one CSV per sheet."""
    if file_format == "ndjson":
        return "".join(_ndjson_line(entry) for entry in entries).encode(), "ndjson"
    sheets = build_sheets(forms, entries, labels=labels, lang=lang)
    if file_format == "xlsx":
        return _workbook(sheets), "xlsx"
    if len(sheets) == 1:
        return _csv(sheets[0]), "csv"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            archive.writestr(zipfile.ZipInfo(f"{sheet.name}.csv"), _csv(sheet))
    return buffer.getvalue(), "zip"


def _ndjson_line(entry: ReadSubmission) -> str:
    submission = entry.submission
    value = {
        "code": submission.code,
        "id": submission.id,
        "form": submission.form,
        "version": submission.version,
        "day": submission.day,
        "received": entry.received_on,
        "place": submission.place,
        "lang": submission.lang,
        "device": entry.device,
        "doubt": entry.warning,
        "sealed": submission.sealed is not None,
        "answers": entry.answers,
        "files": [[file.digest, file.bytes, file.type] for file in submission.files],
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv(sheet: Sheet) -> bytes:
    """A sheet as CSV with a byte-order mark, without which spreadsheet programs misread accented letters."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(map(_escape_formula, sheet.headings))
    writer.writerows([_escape_formula(value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _escape_formula(value: CellValue) -> CellValue:
    """Prefix an apostrophe to text that a spreadsheet program would run as a formula: it comes from the public."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    from openpyxl import Workbook  # imported late: it takes a quarter of a second

    book = Workbook(write_only=True)
    used_names: set[str] = set()
    for sheet in sheets:
        page: Any = book.create_sheet(_unique_sheet_name(sheet.name, used_names))
        rows: list[list[CellValue]] = [[*sheet.headings], *sheet.rows]
        for row in rows:
            page.append([_cell(page, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(page: Any, value: CellValue) -> Any:
    """A cell in which text stays text, even if it looks like a formula."""
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, _CONTROL_CHARACTERS.sub("", value)[:_MAX_CELL_LENGTH])
    cell.data_type = "s"
    return cell


def _unique_sheet_name(name: str, used_names: set[str]) -> str:
    base = _FORBIDDEN_IN_SHEET_NAME.sub("-", name)[:28]
    unique_name, number = base, 1
    while unique_name.lower() in used_names:
        number += 1
        unique_name = f"{base}-{number}"
    used_names.add(unique_name.lower())
    return unique_name
