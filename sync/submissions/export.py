"""Exports of answers: NDJSON (exactly as sent), CSV and XLSX (a sheet for each repeat), GeoJSON (points)."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from sync.forms.compiled_form import Form
from sync.forms.question_types import CellValue
from sync.submissions.submission_reader import ReadSubmission
from sync.submissions.tables import Sheet, answer_levels, build_sheets

FORMATS = ("csv", "xlsx", "ndjson", "geojson")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "ndjson": "application/x-ndjson",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA_STARTS = ("=", "+", "-", "@")  # also as full-width signs, and behind white space
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_MOMENTS: dict[str, type[datetime.date] | type[datetime.time]] = {
    "date": datetime.date,
    "datetime": datetime.datetime,
    "time": datetime.time,
}
_FIRST_YEAR = 1900  # of workbooks
_MAX_CELL_LENGTH = 32_767  # characters: the limit of XLSX


def export_submissions(
    file_format: str, forms: Sequence[Form], entries: Sequence[ReadSubmission], *, labels: bool = False, lang: str = ""
) -> tuple[bytes, str]:
    """The file's bytes and its name's extension. CSV of a form with repeats is a zip with one CSV per sheet."""
    if file_format == "ndjson":
        return "".join(_ndjson_line(entry) for entry in entries).encode(), "ndjson"
    if file_format == "geojson":
        return _geojson(entries).encode(), "geojson"
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


def _geojson(entries: Sequence[ReadSubmission]) -> str:
    """A feature for each point that somebody gave; its properties are the submission and the answers beside it."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
            "properties": {
                "code": entry.submission.code,
                "day": entry.submission.day,
                "place": entry.submission.place,
                "question": name,
                "instance": "/".join(map(str, numbers)),
                **{key: value for key, value in answers.items() if not _is_repeat(value)},
            },
        }
        for entry in entries
        for name, numbers, latitude, longitude, answers in _points(entry)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))


def _points(entry: ReadSubmission) -> Iterator[tuple[str, Sequence[CellValue], float, float, Mapping[str, Any]]]:
    for _, numbers, answers in answer_levels(entry.form, entry.answers or {}):
        for name, value in answers.items():
            item = entry.form.items.get(name)
            if item and item.kind == "geopoint" and isinstance(value, str):
                latitude, longitude = map(float, value.split(" "))
                yield name, numbers, latitude, longitude, answers


def _is_repeat(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(instance, dict) for instance in value)


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
    if not isinstance(value, str):
        return value
    is_formula = unicodedata.normalize("NFKC", value.lstrip()[:1]).startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula or value[:1] in ("\t", "\r", "\n") else value


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    from openpyxl import Workbook  # imported late: it takes a quarter of a second

    book = Workbook(write_only=True)
    used_names: set[str] = set()
    for sheet in sheets:
        page: Any = book.create_sheet(_unique_sheet_name(sheet.name, used_names))
        page.append([_cell(page, heading, "") for heading in sheet.headings])
        for row in sheet.rows:
            page.append([_cell(page, value, kind) for value, kind in zip_longest(row, sheet.kinds, fillvalue="")])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(page: Any, value: CellValue, kind: str) -> Any:
    """A cell in which a date is a date, and text stays text even if it looks like a formula."""
    if not isinstance(value, str):
        return value
    if kind in _MOMENTS and (moment := _moment(kind, value)):
        return moment
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, _CONTROL_CHARACTERS.sub("", value)[:_MAX_CELL_LENGTH])
    cell.data_type = "s"
    return cell


def _moment(kind: str, text: str) -> datetime.date | datetime.time | None:
    """None for what an older version of the form took as text, and for years that workbooks do not have."""
    try:
        moment = _MOMENTS[kind].fromisoformat(text)
    except ValueError:
        return None
    return moment if isinstance(moment, datetime.time) or moment.year >= _FIRST_YEAR else None


def _unique_sheet_name(name: str, used_names: set[str]) -> str:
    base = _FORBIDDEN_IN_SHEET_NAME.sub("-", name)[:28]
    unique_name, number = base, 1
    while unique_name.lower() in used_names:
        number += 1
        unique_name = f"{base}-{number}"
    used_names.add(unique_name.lower())
    return unique_name
