"""The sheets of an XLSForm, read by pyxform from Markdown tables or XLSX, with the position of every cell for errors.

Used by sync/forms/compiler.py and sync/forms/form_document.py.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pyxform.xls2json_backends import md_to_dict, xls_to_dict, xlsx_to_dict

from sync.errors import BadContent
from sync.forms.columns import Column, closest_match, parse_heading
from sync.placeholders import fill

SPELLING_HINT = "Écrivez {known}, ou prenez un autre nom."
SHEETS = ("survey", "choices", "settings")
EXTERNAL_CHOICES = "external_choices"
EXTERNAL_SELECT = "select_one_external"
UNREAD_SHEETS = ("entities", "osm")
MAX_FILE_BYTES = 2_000_000  # bytes of XLSX: a form of 120 questions in three languages is 40 kB
MAX_UNPACKED_BYTES = 40_000_000
MAX_ROWS = 5000  # of one sheet
MAX_CHOICE_ROWS = 15_000  # of the sheets of choices: every village of a country, and more lists

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # the first bytes of .xls
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
    """Errors and notices of one form, by sheet, row and column.

    `missing_lists`, `missing_media`: names of files that the form asks for and that are not here.
    """

    path: str
    errors: list[BadContent] = field(default_factory=list)
    notices: list[BadCell] = field(default_factory=list)
    missing_lists: list[str] = field(default_factory=list)
    missing_media: list[str] = field(default_factory=list)

    def tell(self, row: SheetRow, column: str, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        """Add a notice: the form is taken, and its author is told of a change."""
        self.notices.append(BadCell(self.path, row.line, row.cell_at(column), code, sentence, hint, **values))

    def tell_of_sheet(self, name: str, code: str, sentence: str, hint: str = "", **values: Any) -> None:
        self.notices.append(BadCell(self.path, 0, SheetCell(name), code, sentence, hint, **values))

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
    external_choices: list[SheetRow] = field(default_factory=list)


def merge_external_choices(sheets: FormSheets) -> FormSheets:
    """Put external choices among the others. A list that has the name of one of them gets another: it is not the same
    list. Changes rows in place.
    """
    own = {row.get("list_name") for row in sheets.choices}
    renamed = {
        name: f"{name}_external" for name in {row.get("list_name") for row in sheets.external_choices} & own if name
    }
    for row in sheets.external_choices:
        if row.get("list_name") in renamed:
            row.cells["list_name"] = renamed[row.get("list_name")]
    for row in sheets.survey:
        kind, _, name = row.get("type").strip().partition(" ")
        if kind.lower() == EXTERNAL_SELECT and name.strip() in renamed:
            row.cells["type"] = f"{kind} {renamed[name.strip()]}"
    return replace(sheets, choices=[*sheets.choices, *sheets.external_choices], external_choices=[])


def read_markdown(text: str, report: FormErrorReport) -> FormSheets | None:
    """None if nothing can be read; the report then has an error."""
    return _read_sheets(lambda: md_to_dict(text), report, _row_lines(text), _introduction(text))


def read_xlsx(data: bytes, report: FormErrorReport) -> FormSheets | None:
    if len(data) > MAX_FILE_BYTES or _unpacked_size(data) > MAX_UNPACKED_BYTES:
        report.add_to_sheet(
            "survey", "form-too-large", "Ce classeur est trop grand.", "Gardez seulement les feuilles du formulaire."
        )
        return None
    read = xls_to_dict if is_old_workbook(data) else xlsx_to_dict
    return _read_sheets(lambda: read(io.BytesIO(data)), report, {}, "")


def is_old_workbook(data: bytes) -> bool:
    """True for a workbook of the kind .xls."""
    return data.startswith(_OLD_WORKBOOK)


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
    except MemoryError:
        raise  # the process reached its limit, which its caller tells
    except Exception as error:  # the libraries raise whatever a bent file makes them meet
        report.add_to_sheet(
            "survey",
            "form-unreadable",
            "Ce fichier n’est pas un XLSForm lisible.",
            "Il faut une feuille survey avec type, name et label.",
            reason=str(error),
        )
        return None
    for sheet in UNREAD_SHEETS:
        if any(book.get(sheet, [])):
            report.tell_of_sheet(sheet, "sheet-left-out", "Cette feuille est laissée de côté.")
    for sheet in book.get("sheet_names") or ():
        if (suggestion := closest_match(sheet, SHEETS)) and suggestion != sheet.strip().lower():
            report.tell_of_sheet(
                sheet,
                "sheet-left-out",
                "Cette feuille est laissée de côté.",
                "Si c’est {known}, donnez-lui ce nom.",
                known=suggestion,
            )
    sheets = {name: list(_read_rows(name, book.get(name, []), lines, report)) for name in (*SHEETS, EXTERNAL_CHOICES)}
    if not sheets["survey"]:
        report.add_to_sheet("survey", "form-empty", "Il n’y a pas de question.")
        return None
    settings = sheets["settings"][0] if sheets["settings"] else SheetRow("settings", 0, 0)
    return FormSheets(sheets["survey"], sheets["choices"], settings, about, sheets[EXTERNAL_CHOICES])


def _read_rows(
    sheet: str, rows: list[dict[str, Any]], lines: dict[tuple[str, int], int], report: FormErrorReport
) -> Iterator[SheetRow]:
    meaning = "choices" if sheet == EXTERNAL_CHOICES else sheet
    most = MAX_CHOICE_ROWS if meaning == "choices" else MAX_ROWS
    if len(rows) > most:
        report.add_to_sheet(sheet, "sheet-long", "Cette feuille a trop de lignes : {most} au plus.", most=most)
        return
    columns: dict[str, Column] = {}
    for index, cells in enumerate(rows, start=2):
        row = SheetRow(sheet, index, lines.get((sheet, index), 0))
        for heading, value in cells.items():
            if value is None or not str(value).strip():
                continue
            column = columns.setdefault(heading, parse_heading(meaning, heading))
            _add_value(row, column, heading, str(value).strip(), report)
        if row.cells or row.texts or row.custom_columns:
            yield row


def _add_value(row: SheetRow, column: Column, heading: str, value: str, report: FormErrorReport) -> None:
    row.headings.setdefault(column.name, heading)
    if column.unsupported:
        report.tell(row, column.name, "column-left-out", "Cette colonne est laissée de côté.", column.unsupported)
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
