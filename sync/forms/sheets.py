"""The sheets of an XLSForm, read by pyxform from Markdown tables or XLSX, with the position of every cell for errors.

Used by sync/forms/compiler.py and sync/forms/form_document.py.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import md_to_dict, xlsx_to_dict

from sync.errors import BadContent
from sync.forms.columns import Column, closest_match, parse_heading
from sync.placeholders import fill

SPELLING_HINT = "Écrivez {known}, ou prenez un autre nom."
SHEETS = ("survey", "choices", "settings")
UNSUPPORTED_SHEETS = ("external_choices", "entities", "osm")
MAX_FILE_BYTES = 2_000_000  # bytes of XLSX: a form of 120 questions in three languages is 40 kB
MAX_UNPACKED_BYTES = 40_000_000
MAX_ROWS = 5000  # of one sheet: every village of a country, and a phone still reads them all

_TABLE_LINE = re.compile(r"\s*\|(.*)\|\s*")
_SEPARATOR = re.compile(r"[|\s:-]+")
_PIPE = re.compile(r"(?<!\\)\|")


class BadCell(BadContent):
    """An error in a sheet."""

    def __init__(
        self, path: str, line: int, cell: SheetCell, code: str, sentence: str, hint: str = "", **values: Any
    ) -> None:
        super().__init__(path, line, code, sentence, hint, **values)
        self.cell = cell

    def text(self, translate: Any = lambda msgid: msgid) -> str:
        cell = self.cell
        if cell.row and cell.column:
            where = translate("Feuille {sheet}, ligne {row}, colonne « {column} » :")
        else:
            where = translate("Feuille {sheet}, ligne {row} :") if cell.row else translate("Feuille {sheet} :")
        position = fill(where, {"sheet": cell.sheet, "row": cell.row, "column": cell.column})
        return f"{position} {super().text(translate)}"


@dataclass(frozen=True, slots=True)
class SheetCell:
    """Position of an error. `row` counts from 1 with the headings (0: the whole sheet); `column`: its heading."""

    sheet: str
    row: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: cells without a language, texts by column and language, custom columns, and headings as written.

    `number` counts as in SheetCell; `line`: that of the Markdown file, or 0.
    """

    sheet: str
    number: int
    line: int
    cells: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    custom_columns: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def cell_at(self, column: str = "") -> SheetCell:
        return SheetCell(self.sheet, self.number, self.headings.get(column, column))


@dataclass
class FormErrorReport:
    """Collects the errors of one form, by sheet, row and column."""

    path: str
    errors: list[BadContent] = field(default_factory=list)

    def add(self, row: SheetRow, column: str, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        self.errors.append(BadCell(self.path, row.line, row.cell_at(column), code, sentence, hint, **values))

    def add_to_sheet(self, name: str, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        self.errors.append(BadCell(self.path, 0, SheetCell(name), code, sentence, hint, **values))


@dataclass(frozen=True, slots=True)
class FormSheets:
    survey: list[SheetRow]
    choices: list[SheetRow]
    settings: SheetRow
    about: str


def read_markdown(text: str, report: FormErrorReport) -> FormSheets | None:
    """None if nothing can be read; the report then has an error."""
    return _read_sheets(lambda: md_to_dict(text), report, _row_lines(text), _introduction(text))


def read_xlsx(data: bytes, report: FormErrorReport) -> FormSheets | None:
    if len(data) > MAX_FILE_BYTES or _unpacked_size(data) > MAX_UNPACKED_BYTES:
        report.add_to_sheet(
            "survey", "form-too-large", "Ce classeur est trop grand.", "Gardez seulement les feuilles du formulaire."
        )
        return None
    return _read_sheets(lambda: xlsx_to_dict(io.BytesIO(data)), report, {}, "")


def to_markdown(data: bytes, title: str) -> str:
    """The tables of an XLSX file as Markdown. Line ends inside a cell become spaces."""
    book = xlsx_to_dict(io.BytesIO(data))
    parts = [f"# {title}" if title else ""]
    for sheet in SHEETS:
        rows = [row for row in book.get(sheet, []) if row]
        headings = list(book.get(f"{sheet}_header", [{}])[0]) if rows else []
        if rows:
            lines = [headings, *([str(row.get(heading) or "") for heading in headings] for row in rows)]
            table = "\n".join("|  | " + " | ".join(map(_markdown_cell, line)) + " |" for line in lines)
            parts.append(f"| {sheet} |" + "  |" * len(headings) + "\n" + table)
    return "\n\n".join(part for part in parts if part) + "\n"


def _markdown_cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", r"\|")


def _unpacked_size(data: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        return 0


def _read_sheets(
    read: Any, report: FormErrorReport, lines: dict[tuple[str, int], int], about: str
) -> FormSheets | None:
    try:
        book: dict[str, Any] = read()
    except (PyXFormError, zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        report.add_to_sheet(
            "survey",
            "form-unreadable",
            "Ce fichier n’est pas un XLSForm lisible.",
            "Il faut une feuille survey avec type, name et label.",
            reason=str(error),
        )
        return None
    for sheet in UNSUPPORTED_SHEETS:
        if any(book.get(sheet, [])):
            report.add_to_sheet(
                sheet,
                "sheet-unsupported",
                "Cette feuille n’est pas prise en charge.",
                "Retirez-la, ou mettez ses choix dans choices.",
            )
    for sheet in book.get("sheet_names") or ():
        if (suggestion := closest_match(sheet, SHEETS)) and suggestion != sheet.strip().lower():
            report.add_to_sheet(
                sheet, "sheet-misspelt", "Cette feuille n’est pas connue.", SPELLING_HINT, known=suggestion
            )
    sheets = {name: list(_read_rows(name, book.get(name, []), lines, report)) for name in SHEETS}
    if not sheets["survey"]:
        report.add_to_sheet("survey", "form-empty", "Il n’y a pas de question.")
        return None
    settings = sheets["settings"][0] if sheets["settings"] else SheetRow("settings", 0, 0)
    return FormSheets(sheets["survey"], sheets["choices"], settings, about)


def _read_rows(
    sheet: str, rows: list[dict[str, Any]], lines: dict[tuple[str, int], int], report: FormErrorReport
) -> Iterator[SheetRow]:
    if len(rows) > MAX_ROWS:
        report.add_to_sheet(sheet, "sheet-long", "Cette feuille a trop de lignes : {most} au plus.", most=MAX_ROWS)
        return
    columns: dict[str, Column] = {}
    for index, cells in enumerate(rows, start=2):
        row = SheetRow(sheet, index, lines.get((sheet, index), 0))
        for heading, value in cells.items():
            if value is None or not str(value).strip():
                continue
            column = columns.setdefault(heading, parse_heading(sheet, heading))
            _add_value(row, column, heading, str(value).strip(), report)
        if row.cells or row.texts or row.custom_columns:
            yield row


def _add_value(row: SheetRow, column: Column, heading: str, value: str, report: FormErrorReport) -> None:
    row.headings.setdefault(column.name, heading)
    if column.unsupported:
        report.add(
            row, column.name, "column-unsupported", "Cette colonne n’est pas prise en charge.", column.unsupported
        )
    elif column.suggestion:
        report.add(
            row,
            column.name,
            "column-misspelt",
            "Cette colonne n’est pas connue.",
            SPELLING_HINT,
            known=column.suggestion,
        )
    elif column.bad_language:
        report.add(
            row,
            column.name,
            "column-language",
            "La langue « {language} » n’est pas comprise.",
            "Mettez son code entre parenthèses : label::Français (fr).",
            language=column.bad_language,
        )
    elif column.is_translatable:
        row.texts.setdefault(column.name, {})[column.language] = value
    elif column.is_custom:
        row.custom_columns[column.name] = value
    else:
        row.cells[column.name] = value


def _row_lines(text: str) -> dict[tuple[str, int], int]:
    """Line in the file of each row of each sheet; rows are counted as pyxform does."""
    lines: dict[tuple[str, int], int] = {}
    sheet, row = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        match = _TABLE_LINE.fullmatch(line)
        if line.lstrip().startswith("#") or not match or _SEPARATOR.fullmatch(line):
            continue
        first, *cells = _PIPE.split(match[1])
        if first.strip():
            sheet, row = first.strip().lower(), 0
        if any(cell.strip() for cell in cells):
            row += 1
            lines[sheet, row] = number
    return lines


def _introduction(text: str) -> str:
    """The text before the first table, without title lines."""
    before = text.split("\n|", 1)[0] if not text.startswith("|") else ""
    return " ".join(line.strip() for line in before.split("\n") if line.strip() and not line.lstrip().startswith("#"))
