"""Exports as tables: one CSV, a ZIP of several, or a workbook with a sheet for each.

Rows leave as soon as they are made. Of several tables the first leaves at once; the others, and the sheets of a
workbook, wait in temporary files. Used by sync/submissions/export.py.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from decimal import Decimal
from itertools import zip_longest
from typing import IO, Any

from sync.forms.question_types import CellValue
from sync.submissions.archive_stream import ArchiveStream, read_chunks
from sync.submissions.submission_reader import ReadSubmission
from sync.submissions.tables import Sheet, TableBuilder, unique_name

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it spreadsheet programs misread accented letters
_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA_STARTS = ("=", "+", "-", "@")  # also as full-width signs, and behind white space
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_MOMENTS: dict[str, type[datetime.date] | type[datetime.time]] = {
    "date": datetime.date,
    "datetime": datetime.datetime,
    "time": datetime.time,
}
_READ_AS_OTHERS = ("=", "#")  # starts of a formula and of an error: openpyxl would take the text for one
_FIRST_YEAR = 1900  # of workbooks
_MAX_SHEET_NAME_LENGTH = 28  # characters: three less than the limit of XLSX, for a number
_MAX_CELL_LENGTH = 32_767  # characters: the limit of XLSX


class CsvExport:
    """The one table of a form without repeats."""

    suffix = "csv"

    def __init__(self, tables: TableBuilder) -> None:
        self._tables = tables

    def start(self) -> bytes:
        return csv_head(self._tables.sheets[0])

    def add(self, entries: Sequence[ReadSubmission]) -> bytes:
        return csv_lines(row for entry in entries for _, row in self._tables.rows_of(entry))

    def finish(self) -> Iterator[bytes]:
        yield from ()

    def close(self) -> None:
        pass


class CsvArchiveExport:
    """A ZIP with a CSV for each table."""

    suffix = "zip"

    def __init__(self, tables: TableBuilder) -> None:
        self._tables = tables
        self._archive = ArchiveStream()
        self._stack = ExitStack()
        self._files: list[IO[bytes]] = []  # one for each table, the first in the ZIP

    def start(self) -> bytes:
        first, *others = self._tables.sheets
        self._files = [
            self._archive.open(f"{first.name}.csv"),
            *(self._stack.enter_context(tempfile.TemporaryFile()) for _ in others),  # noqa: SIM115 - closed with the export
        ]
        for file, sheet in zip(self._files, self._tables.sheets, strict=True):
            file.write(csv_head(sheet))
        return self._archive.take()

    def add(self, entries: Sequence[ReadSubmission]) -> bytes:
        rows: list[list[list[CellValue]]] = [[] for _ in self._tables.sheets]
        for entry in entries:
            for index, row in self._tables.rows_of(entry):
                rows[index].append(row)
        for file, lines in zip(self._files, rows, strict=True):
            file.write(csv_lines(lines))
        return self._archive.take()

    def finish(self) -> Iterator[bytes]:
        self._files[0].close()
        for file, sheet in zip(self._files[1:], self._tables.sheets[1:], strict=True):
            yield from self._archive.add(f"{sheet.name}.csv", file)
        yield self._archive.finish()

    def close(self) -> None:
        self._stack.close()
        self._archive.close()


class WorkbookExport:
    """A workbook with a sheet for each table."""

    suffix = "xlsx"

    def __init__(self, tables: TableBuilder) -> None:
        self._tables = tables
        self._book: Any = None
        self._pages: list[Any] = []

    def start(self) -> bytes:
        from openpyxl import Workbook  # imported late: it takes a quarter of a second

        self._book = Workbook(write_only=True)
        used_names: set[str] = set()
        for sheet in self._tables.sheets:
            name = _FORBIDDEN_IN_SHEET_NAME.sub("-", sheet.name)[:_MAX_SHEET_NAME_LENGTH]
            page: Any = self._book.create_sheet(unique_name(name, used_names))
            self._pages.append(page)
            page.append([workbook_cell(page, heading, "") for heading in sheet.headings])
        return b""

    def add(self, entries: Sequence[ReadSubmission]) -> bytes:
        for entry in entries:
            for index, row in self._tables.rows_of(entry):
                page, kinds = self._pages[index], self._tables.sheets[index].kinds
                page.append([workbook_cell(page, value, kind) for value, kind in zip_longest(row, kinds, fillvalue="")])
        return b""

    def finish(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            self._book.save(file)
            self._pages = []
            file.seek(0)
            yield from read_chunks(file)

    def close(self) -> None:
        """Remove the files in which openpyxl keeps the sheets of a workbook that was not saved."""
        for page in self._pages:
            if not page.closed:
                page.close()
            with suppress(FileNotFoundError):
                page._writer.cleanup()


def csv_head(sheet: Sheet) -> bytes:
    return BYTE_ORDER_MARK + csv_lines([sheet.headings])


def csv_lines(rows: Iterable[Sequence[CellValue]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([_escape_formula(value) for value in row] for row in rows)
    return buffer.getvalue().encode()


def _escape_formula(value: CellValue) -> CellValue:
    """Prefix an apostrophe to text that a spreadsheet program would run as a formula: it comes from the public."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if not isinstance(value, str):
        return value
    is_formula = unicodedata.normalize("NFKC", value.lstrip()[:1]).startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula or value[:1] in ("\t", "\r", "\n") else value


def workbook_cell(page: Any, value: CellValue, kind: str) -> Any:
    """A cell in which a date is a date, and text stays text even if it looks like a formula."""
    if not isinstance(value, str):
        return value
    if kind in _MOMENTS and (moment := _moment(kind, value)):
        return moment
    text = _CONTROL_CHARACTERS.sub("", value)[:_MAX_CELL_LENGTH]
    if not text.startswith(_READ_AS_OTHERS):
        return text
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, text)
    cell.data_type = "s"
    return cell


def _moment(kind: str, text: str) -> datetime.date | datetime.time | None:
    """None for what an older version of the form took as text, and for years that workbooks do not have."""
    try:
        moment = _MOMENTS[kind].fromisoformat(text)
    except ValueError:
        return None
    return moment if isinstance(moment, datetime.time) or moment.year >= _FIRST_YEAR else None
