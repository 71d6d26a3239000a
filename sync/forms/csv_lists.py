"""Lists that a form keeps in CSV files beside its workbook: their rows become choices, before the sheets are cleaned.

A question that reads a file (`select_one_from_file`, `search()`) becomes one of the choices sheet,
and `pulldata()` a path into a list of that sheet. So the kept form is whole without its files.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from sync.forms.columns import Column, parse_heading
from sync.forms.form_files import FormFiles
from sync.forms.sheets import FormErrorReport, FormSheets, SheetRow, merge_external_choices

MAX_LIST_ROWS = 5000  # every village of a country, and a phone still searches them at once
OWN_COLUMN = "csv_"  # before a heading of a file that means something else in a list of choices
MAX_CSV_BYTES = 2 * 1024 * 1024

_FROM_FILE = re.compile(r"select[_ ](one|multiple)[_ ]from[_ ]file\s+(\S+)", re.IGNORECASE)
_PULLDATA = re.compile(r"pulldata\s*\(")
_INSTANCE = re.compile(r"instance\s*\(\s*(['\"])([^'\"]+)\1\s*\)")
_SEARCH = re.compile(r"search\s*\(\s*(['\"])([^'\"]+)\1\s*((?:,.*)?)\)", re.DOTALL)
_SEARCH_TESTS = {
    "matches": "{column} = {value}",
    "contains": "contains({column}, {value})",
    "startswith": "starts-with({column}, {value})",
    "endswith": "ends-with({column}, {value})",
}
_EXPRESSIONS = ("relevant", "constraint", "calculation", "required", "choice_filter", "repeat_count", "default")
_CHOICE_NAME = re.compile(r"\S{1,80}")
_WORD = re.compile(r"[\w.-]+")


def resolve_lists(sheets: FormSheets, files: FormFiles, report: FormErrorReport) -> FormSheets:
    """The sheets with the rows of the CSV files as choices. The report gets an error or, if the form may wait for its
    files, the name of each one that is missing.
    """
    return _ListResolver(sheets, files, report).resolve()


def copy_sheets(sheets: FormSheets) -> FormSheets:
    """The sheets as they are now, external choices among the others: what is done to the rows does not change them."""
    survey, choices, external = (
        [_copy(row) for row in rows] for rows in (sheets.survey, sheets.choices, sheets.external_choices)
    )
    return merge_external_choices(replace(sheets, survey=survey, choices=choices, external_choices=external))


def with_site_media(sheets: FormSheets, files: FormFiles) -> FormSheets:
    """The sheets with the site's names of images and sounds in place of the form's."""
    for row in (*sheets.survey, *sheets.choices, *sheets.external_choices):
        for column in ("image", "audio"):
            texts = row.texts.get(column, {})
            texts.update({lang: files.media.get(PurePath(name).name, name) for lang, name in texts.items()})
    return sheets


def _copy(row: SheetRow) -> SheetRow:
    texts = {column: dict(by_language) for column, by_language in row.texts.items()}
    return replace(row, cells=dict(row.cells), texts=texts, custom_columns=dict(row.custom_columns))


@dataclass(frozen=True, slots=True)
class _CsvFile:
    """`rows`: cells by heading; `columns`: the meaning of each heading as of the choices sheet.

    `is_stand_in`: a single row in place of a file that is missing or has an error, so that nothing else is said of it.
    """

    name: str
    columns: dict[str, Column]
    rows: list[dict[str, str]]
    is_stand_in: bool = False

    def heading_of(self, name: str) -> str:
        """The heading of a column, "" if there is none."""
        return next((heading for heading in self.columns if heading.strip() == name), "")


class _ListResolver:
    def __init__(self, sheets: FormSheets, files: FormFiles, report: FormErrorReport) -> None:
        self._sheets = sheets
        self._files = {PurePath(name).name: data for name, data in files.lists.items()}
        self._may_wait = files.may_wait
        self._report = report
        self._own_lists = {row.get("list_name") for row in (*sheets.choices, *sheets.external_choices)}
        self._read: dict[str, _CsvFile] = {}
        self._list_names: dict[tuple[str, str, str], str] = {}
        self._added: list[SheetRow] = []
        self._words = {
            word
            for row in sheets.survey
            for text in (*(row.get(column) for column in _EXPRESSIONS), row.get("appearance"))
            for word in _WORD.findall(text)
        }
        self._words |= {
            word for row in sheets.survey for part in row.get("parameters").split() for word in part.split("=")[1:]
        }

    def resolve(self) -> FormSheets:
        replaced: set[str] = set()
        for row in self._sheets.survey:
            self._resolve_select(row)
            replaced.update(self._resolve_search(row))
        for row in self._sheets.survey:
            for column in _EXPRESSIONS:
                if row.get(column):
                    row.cells[column] = self._resolve_lookups(row, column)
        choices = [row for row in self._sheets.choices if row.get("list_name") not in replaced]
        return replace(self._sheets, choices=[*choices, *self._added])

    def _resolve_select(self, row: SheetRow) -> None:
        match = _FROM_FILE.match(row.get("type").strip())
        if not match or not match[2].lower().endswith(".csv"):
            return
        given = dict(part.partition("=")[::2] for part in row.get("parameters").split())
        value, label = given.pop("value", "name"), given.pop("label", "label")
        name = self._choices_of(row, "type", match[2], value, label)
        row.cells["type"] = f"select_{match[1].lower()} {name}"
        row.cells["parameters"] = " ".join(f"{key}={text}" for key, text in given.items())

    def _resolve_search(self, row: SheetRow) -> set[str]:
        """Write `search()` out as choices with a filter; the list whose one row named columns is replaced."""
        match = _SEARCH.search(row.get("appearance"))
        parts = row.get("type").split()
        if not match or len(parts) < 2:
            return set()
        template = next((choice for choice in self._sheets.choices if choice.get("list_name") == parts[1]), None)
        if template is None:
            return set()
        arguments = _split_arguments(match[3])
        rule = _search_rule(arguments)
        if rule is None:
            return set()
        value, label = template.get("name"), next(iter(template.texts.get("label", {}).values()), "")
        name = self._choices_of(row, "appearance", _file_name(match[2]), value, label or value)
        row.cells["type"] = f"{parts[0]} {name}"
        row.cells["appearance"] = (
            row.get("appearance")[: match.start()] + row.get("appearance")[match.end() :]
        ).strip()
        if rule:
            row.cells["choice_filter"] = rule
        return {parts[1]}

    def _resolve_lookups(self, row: SheetRow, column: str) -> str:
        text = _INSTANCE.sub(lambda call: f"instance('{self._lookup_list(row, column, call[2])}')", row.get(column))
        return self._write_paths(row, column, text)

    def _write_paths(self, row: SheetRow, column: str, text: str) -> str:
        """The expression with a path into a list of choices in place of each `pulldata()` that names one."""
        match = _PULLDATA.search(text)
        end = _closing_bracket(text, match.end()) if match else -1
        if not match or end < 0:
            return text
        before, rest = text[: match.start()], self._write_paths(row, column, text[end + 1 :])
        arguments = _split_arguments(text[match.end() : end])
        literals = [argument[1:-1] for argument in arguments[:3] if argument[:1] in ("'", '"')]
        if len(arguments) != 4 or len(literals) != 3:
            return text[: end + 1] + rest
        name = self._lookup_list(row, column, literals[0])
        key = self._write_paths(row, column, arguments[3])
        wanted, key_column = self._column(name, literals[1]), self._column(name, literals[2])
        return f"{before}instance('{name}')/root/item[{key_column} = {key}]/{wanted}{rest}"

    def _column(self, list_name: str, heading: str) -> str:
        """The list's column for a heading of its file, whose `name` and `label` may not be those of the choices."""
        for (_file, value, label), name in self._list_names.items():
            if name == list_name and heading in ("name", "label") and heading != (value, label)[heading == "label"]:
                return f"{OWN_COLUMN}{heading}"
        return heading

    def _lookup_list(self, row: SheetRow, column: str, name: str) -> str:
        if name in self._own_lists:
            return name
        file_name = _file_name(name)
        for (known, _value, _label), list_name in self._list_names.items():
            if known == file_name:
                return list_name
        return self._choices_of(row, column, file_name, "", "")

    def _choices_of(self, row: SheetRow, column: str, file_name: str, value: str, label: str) -> str:
        """The name of the list made of the file's rows, each named by its `value` ("": by its number)."""
        key = (file_name, value, label)
        if key in self._list_names:
            return self._list_names[key]
        file = self._file(row, column, file_name)
        if value and not self._has_names(row, column, file, value):
            file = self._stand_in(file_name, value)
        name_heading, label_headings = file.heading_of(value), _label_headings(file, label)
        list_name = self._free_name(PurePath(file_name).stem)
        self._list_names[key] = list_name
        for number, cells in enumerate(file.rows, start=2):
            name = cells[name_heading] if value else str(number)
            texts = {file.columns[heading].language: cells[heading] for heading in label_headings if heading in cells}
            custom = {
                self._column(list_name, heading): text
                for heading, text in cells.items()
                if heading in self._words and (heading != "name" or value != "name")
            }
            label_texts = texts or {"": name}
            self._added.append(
                SheetRow(
                    file_name, number, 0, {"list_name": list_name, "name": name}, {"label": label_texts}, custom, {}
                )
            )
        return list_name

    def _has_names(self, row: SheetRow, column: str, file: _CsvFile, value: str) -> bool:
        """True if the column `value` can name all choices; otherwise the report gets the first reason."""
        heading = file.heading_of(value)
        if not heading and not file.is_stand_in:
            self._report.add(
                row,
                column,
                "list-file-column",
                "Le fichier « {name} » n’a pas de colonne « {heading} ».",
                name=file.name,
                heading=value,
            )
        if not heading:
            return False
        names = (cells.get(heading, "") for cells in file.rows)
        number, name = next((at for at in enumerate(names, start=2) if not _CHOICE_NAME.fullmatch(at[1])), (0, ""))
        if number:
            self._report.add(
                SheetRow(file.name, number, 0),
                value,
                "choice-name",
                "« {name} » ne peut pas nommer un choix.",
                "Sans espace : non_merci.",
                name=name,
            )
        return not number

    def _free_name(self, stem: str) -> str:
        name = re.sub(r"\s", "_", stem)
        while name in self._own_lists:
            name += "_csv"
        self._own_lists.add(name)
        return name

    def _file(self, row: SheetRow, column: str, name: str) -> _CsvFile:
        """The file, or what stands in for it; the report gets the reason."""
        if name not in self._read:
            data = self._files.get(name)
            if data is None:
                self._tell_missing(row, column, name)
            file = _read_csv(name, data, self._report) if data is not None else None
            self._read[name] = file or self._stand_in(name)
        return self._read[name]

    def _stand_in(self, name: str, *more_headings: str) -> _CsvFile:
        headings = sorted({"name", "label", *self._words, *more_headings})
        columns = {heading: parse_heading("choices", heading) for heading in headings}
        return _CsvFile(name, columns, [dict.fromkeys(headings, "x")], is_stand_in=True)

    def _tell_missing(self, row: SheetRow, column: str, name: str) -> None:
        sentence = "Le fichier « {name} » manque."
        if self._may_wait:
            self._report.missing_lists.append(name)
            self._report.tell(row, column, "list-file-missing", sentence, name=name)
        else:
            hint = "Donnez-le avec le classeur, ou mettez ses lignes dans la feuille choices."
            self._report.add(row, column, "list-file-missing", sentence, hint, name=name)


def _file_name(name: str) -> str:
    return name if name.lower().endswith(".csv") else f"{name}.csv"


def _label_headings(file: _CsvFile, label: str) -> list[str]:
    """The headings of the labels in all languages."""
    if label == "label":
        return [heading for heading, column in file.columns.items() if column.name == "label"]
    return [heading for heading in file.columns if heading == label]


def _read_csv(name: str, data: bytes, report: FormErrorReport) -> _CsvFile | None:
    """A CSV file with any of the usual separators; None after an error, which the report gets."""
    if len(data) > MAX_CSV_BYTES:
        most = MAX_CSV_BYTES // (1024 * 1024)
        report.add_to_sheet(name, "list-file-large", "C’est trop lourd : {most} Mo au plus.", most=most)
        return None
    text = _decode(data)
    first_line = text.partition("\n")[0]
    separator = max(",;\t", key=first_line.count)
    lines: Sequence[Sequence[str]] = []
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        lines = []
    headings = [heading.strip() for heading in lines[0]] if lines else []
    if not any(headings):
        report.add_to_sheet(name, "list-file-unreadable", "Ce fichier n’est pas un fichier CSV lisible.")
        return None
    if len(lines) - 1 > MAX_LIST_ROWS:
        report.add_to_sheet(name, "sheet-long", "Cette feuille a trop de lignes : {most} au plus.", most=MAX_LIST_ROWS)
        return None
    columns = {heading: parse_heading("choices", heading) for heading in headings if heading}
    rows = [
        {heading: cell.strip() for heading, cell in zip(headings, line, strict=False) if heading and cell.strip()}
        for line in lines[1:]
    ]
    if not any(rows):
        report.add_to_sheet(name, "list-file-empty", "Ce fichier n’a pas de ligne sous ses titres.")
        return None
    return _CsvFile(name, columns, [row for row in rows if row])


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what Excel saves as CSV in French


def _split_arguments(text: str) -> list[str]:
    """The arguments after the first of a call, as written; commas inside quotes or brackets do not count."""
    parts, depth, quote = [""], 0, ""
    for sign in text.lstrip(", "):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        depth += (sign in "({") - (sign in ")}") if not quote else 0
        if sign == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def _closing_bracket(text: str, start: int) -> int:
    """The index of the bracket that closes the one before `start`; -1 if none does."""
    depth, quote = 1, ""
    for index in range(start, len(text)):
        sign = text[index]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            depth += (sign == "(") - (sign == ")")
            if not depth:
                return index
    return -1


def _search_rule(arguments: Sequence[str]) -> str | None:
    """The filter that the arguments of `search()` after the file's name mean; None if they mean nothing known."""
    if not arguments:
        return ""
    words = [argument.strip("'\"") for argument in arguments]
    if len(arguments) not in (3, 5) or words[0].lower() not in _SEARCH_TESTS:
        return None
    rule = _SEARCH_TESTS[words[0].lower()].format(column=words[1], value=arguments[2])
    return f"{rule} and {words[3]} = {arguments[4]}" if len(arguments) == 5 else rule
