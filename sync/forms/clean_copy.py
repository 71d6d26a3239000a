"""The clean copy of a form: its sheets as Markdown tables, which the site keeps, or as a workbook to download."""

from __future__ import annotations

import io
import re

from sync.forms.sheets import FormSheets, SheetRow


def to_markdown(sheets: FormSheets, title: str) -> str:
    """The sheets as Markdown tables. Line ends inside a cell become spaces."""
    parts = [f"# {title}" if title else "", *(_markdown_table(name, rows) for name, rows in _tables(sheets))]
    return "\n\n".join(part for part in parts if part) + "\n"


def to_workbook(sheets: FormSheets) -> bytes:
    """The sheets as an .xlsx file."""
    from openpyxl import Workbook  # takes 0.2 s to load

    book = Workbook(write_only=True)
    for name, rows in _tables(sheets):
        sheet = book.create_sheet(name)
        for line in _lines(rows):
            sheet.append(line)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _tables(sheets: FormSheets) -> list[tuple[str, list[SheetRow]]]:
    settings = [sheets.settings] if sheets.settings.cells else []
    tables = (("survey", sheets.survey), ("choices", sheets.choices), ("settings", settings))
    return [(name, rows) for name, rows in tables if rows]


def _lines(rows: list[SheetRow]) -> list[list[str]]:
    """The headings, then the values of each row."""
    values = [_values_by_heading(row) for row in rows]
    headings = list(dict.fromkeys(heading for row in values for heading in row))
    return [headings, *([row.get(heading, "") for heading in headings] for row in values)]


def _markdown_table(sheet: str, rows: list[SheetRow]) -> str:
    lines = _lines(rows)
    table = "\n".join("|  | " + " | ".join(map(_markdown_cell, line)) + " |" for line in lines)
    return f"| {sheet} |" + "  |" * len(lines[0]) + "\n" + table


def _values_by_heading(row: SheetRow) -> dict[str, str]:
    texts = {
        f"{column}::{lang}" if lang else column: text
        for column, by_language in row.texts.items()
        for lang, text in by_language.items()
    }
    return {**row.cells, **texts, **row.custom_columns}


def _markdown_cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", r"\|")
