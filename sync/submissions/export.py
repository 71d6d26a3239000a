"""Answers as files: NDJSON (exactly what was sent), CSV and XLSX (a sheet for each repeat)."""

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
from sync.submissions.submission_reader import ReadSubmission
from sync.submissions.tables import CellValue, Sheet, build_sheets

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
_MAX_CELL_LENGTH = 32_767  # what a workbook's cell holds


def export_submissions(
    file_format: str, forms: Sequence[Form], entries: Sequence[ReadSubmission], *, labels: bool = False, lang: str = ""
) -> tuple[bytes, str]:
    """The file's bytes and what its name ends with. CSV of a form with repeats is a zip of one CSV a sheet."""
    if file_format == "ndjson":
        return "".join(_ndjson_line(entry) for entry in entries).encode(), "ndjson"
    sheets = build_sheets(forms, entries, labels=labels, lang=lang)
    if file_format == "xlsx":
        return _workbook(sheets), "xlsx"
    if len(sheets) == 1:
        return _csv(sheets[0]), "csv"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            archive.writestr(zipfile.ZipInfo(f"{sheet.name}.csv"), _csv(sheet))
    return out.getvalue(), "zip"


def _ndjson_line(entry: ReadSubmission) -> str:
    one = entry.submission
    value = {
        "code": one.code,
        "id": one.id,
        "form": one.form,
        "version": one.version,
        "day": one.day,
        "received": entry.received_on,
        "place": one.place,
        "lang": one.lang,
        "device": entry.device,
        "doubt": entry.warning,
        "sealed": one.sealed is not None,
        "answers": entry.answers,
        "files": [[file.digest, file.bytes, file.type] for file in one.files],
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv(sheet: Sheet) -> bytes:
    """With a byte-order mark, without which a spreadsheet program takes é for two signs."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(_escape_formula, sheet.headings))
    writer.writerows([_escape_formula(value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _escape_formula(value: CellValue) -> CellValue:
    """A text that a spreadsheet program would run as a formula gets an apostrophe before it: anybody may have typed it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    from openpyxl import Workbook  # a quarter of a second that only workbooks are worth

    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        page: Any = book.create_sheet(_unique_sheet_name(sheet.name, taken))
        rows: list[list[CellValue]] = [[*sheet.headings], *sheet.rows]
        for row in rows:
            page.append([_cell(page, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: Any, value: CellValue) -> Any:
    """Text stays text, whatever it begins with."""
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, _CONTROL_CHARACTERS.sub("", value)[:_MAX_CELL_LENGTH])
    cell.data_type = "s"
    return cell


def _unique_sheet_name(name: str, used_names: set[str]) -> str:
    base = _FORBIDDEN_IN_SHEET_NAME.sub("-", name)[:28]
    made, number = base, 1
    while made.lower() in used_names:
        number += 1
        made = f"{base}-{number}"
    used_names.add(made.lower())
    return made
