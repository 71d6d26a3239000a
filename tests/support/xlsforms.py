"""Small XLSForms for tests, as Markdown tables."""

from __future__ import annotations

import io

import openpyxl

from sync.forms.compiler import compile_markdown
from sync.forms.version import FormJson

COLUMNS = (
    "type",
    "name",
    "label",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "default",
    "choice_filter",
    "appearance",
    "repeat_count",
    "hint",
)


def table(sheet: str, headings: tuple[str, ...], *rows: dict[str, str]) -> str:
    lines = [f"| {sheet} |", "| | " + " | ".join(headings) + " |"]
    lines += [
        "| | " + " | ".join(row.get(heading, "").replace("|", r"\|") for heading in headings) + " |" for row in rows
    ]
    return "\n".join(lines)


def xlsform(*survey: dict[str, str], choices: str = "", settings: dict[str, str] | None = None) -> str:
    """The rows' own columns become headings; `choices`: lines of `list name label column=value …`."""
    headings = tuple(dict.fromkeys([*COLUMNS, *(key for row in survey for key in row)]))
    parts = [table("survey", headings, *survey)]
    if choices:
        rows = [_choice(line) for line in choices.strip().splitlines()]
        parts.append(table("choices", tuple(dict.fromkeys(key for row in rows for key in row)), *rows))
    settings_row = {"form_title": "Essai", "form_id": "essai"} | (settings or {})
    parts.append(table("settings", tuple(settings_row), settings_row))
    return "\n\n".join(parts) + "\n"


def _choice(line: str) -> dict[str, str]:
    list_name, name, *rest = line.split()
    own = dict(word.split("=", 1) for word in rest if "=" in word)
    return {"list_name": list_name, "name": name, "label": " ".join(word for word in rest if "=" not in word)} | own


def q(kind: str, name: str, label: str = "Texte", **columns: str) -> dict[str, str]:
    return {"type": kind, "name": name, "label": label} | columns


def compiled(*survey: dict[str, str], choices: str = "", settings: dict[str, str] | None = None) -> FormJson:
    return compile_markdown("essai", xlsform(*survey, choices=choices, settings=settings))


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
