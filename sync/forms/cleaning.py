"""Cleaning of sheets that were made for other tools: what does not serve here is left out, and each change is told.

`clean_sheets` runs before anything is compiled. What it gives is the form in this program's own words, of which the
console also makes the clean copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from sync.forms.question_types import type_by_spelling
from sync.forms.settings import YES_WORDS
from sync.forms.sheets import EXTERNAL_SELECT, FormErrorReport, FormSheets, SheetRow, merge_external_choices

_METADATA = {
    *("start", "end", "deviceid", "uri:deviceid", "imei", "username", "phonenumber", "phone number", "email"),
    *("simserial", "sim id", "subscriberid", "subscriber id", "audit", "start-geopoint", "background-geopoint"),
    *("start time", "end time", "device id", "get phone number", "get device id", "get start time", "get end time"),
}
_TOO_HEAVY = {"video": "Une vidéo pèse trop pour ces téléphones.", "file": "Demandez une image ou un son."}
_PROMPT = re.compile(r"add (\w+) prompt")
_OTHER_SPELLINGS = {
    "barcode": "text",
    "hidden": "calculate",
    EXTERNAL_SELECT: "select_one",
    "osm": "text",
}
_BLOCK_END = re.compile(r"end[ _](group|repeat|lgroup|looped group|loop)")
_LOOP_BEGIN = re.compile(r"begin[ _]loop over (\S+)")
_LOOP_END = re.compile(r"end[ _]loop")
_EXPRESSIONS = ("relevant", "constraint", "calculation", "required", "choice_filter", "repeat_count", "default")
_CURVED = str.maketrans("‘’‛“”‟", "'''\"\"\"")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|\*\*([^*]+)\*\*|__([^_]+)__|\[([^\]]+)\]\(([^)]+)\)|^#{1,6} ", re.MULTILINE)
_WHOLE = re.compile(r"-?[0-9]+")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")


def clean_sheets(sheets: FormSheets, report: FormErrorReport) -> FormSheets:
    """The sheets without what does not serve here; the report gets a notice for each change."""
    sheets = merge_external_choices(sheets)
    cleaner = _SheetCleaner(sheets, report)
    return replace(sheets, survey=cleaner.survey(), choices=cleaner.choices())


class _SheetCleaner:
    def __init__(self, sheets: FormSheets, report: FormErrorReport) -> None:
        self._report = report
        self._survey = sheets.survey
        self._choices = sheets.choices
        self._left_out: set[str] = set()

    def choices(self) -> list[SheetRow]:
        rows = []
        for row in self._choices:
            if not row.get("name"):
                self._report.tell(row, "name", "row-left-out", "Cette ligne sans nom est laissée de côté.")
                continue
            row.cells["name"] = row.get("name").translate(_CURVED)
            self._clean_texts(row)
            rows.append(row)
        return rows

    def survey(self) -> list[SheetRow]:
        rows = [row for row in self._written_out(self._survey) if self._serves(row)]
        self._left_out -= {row.get("name") for row in rows}
        for row in rows:
            self._clean_type(row)
            self._clean_expressions(row)
            self._clean_texts(row)
        return rows

    def _written_out(self, rows: list[SheetRow]) -> Iterator[SheetRow]:
        """The rows, each loop over a list replaced by one group for each choice."""
        index = 0
        while index < len(rows):
            row = rows[index]
            index += 1
            loop = _LOOP_BEGIN.fullmatch(_type_of(row))
            if not loop:
                yield row
                continue
            end = _loop_end(rows, index)
            self._report.tell(
                row,
                "type",
                "loop-written-out",
                "Cette boucle est écrite en toutes lettres : un groupe pour chaque choix de « {name} ».",
                name=loop[1],
            )
            yield _changed(row, type="begin group")
            for choice in (choice for choice in self._choices if choice.get("list_name") == loop[1]):
                yield _block_row(row, "begin group", _group_name(choice.get("name")), choice.texts.get("label", {}))
                for inner in self._written_out(rows[index:end]):
                    yield _about_choice(inner, choice)
                yield _block_row(row, "end group", "", {})
            yield _block_row(row, "end group", "", {})
            index = end + 1

    def _serves(self, row: SheetRow) -> bool:
        """False for a row that is left out."""
        spelling = _type_of(row)
        if row.get("disabled").lower() in YES_WORDS:
            sentence, hint = "Cette ligne est laissée de côté : elle est marquée disabled.", ""
        elif not spelling:
            sentence, hint = "Cette ligne sans type est laissée de côté.", ""
        elif spelling in _METADATA:
            sentence = "Cette ligne (« {type} ») est laissée de côté."
            hint = "L’envoi dit déjà le jour ; l’heure, l’appareil et la personne ne sont pas gardés."
        elif spelling in _TOO_HEAVY:
            sentence, hint = "Cette ligne (« {type} ») est laissée de côté.", _TOO_HEAVY[spelling]
        else:
            return True
        self._left_out.add(row.get("name"))
        self._report.tell(row, "type", "row-left-out", sentence, hint, type=spelling)
        return False

    def _clean_type(self, row: SheetRow) -> None:
        spelling = _type_of(row)
        if _BLOCK_END.fullmatch(spelling):
            row.cells.pop("name", None)
            return
        if spelling == "range" and type_by_spelling("range") is None:
            self._clean_range(row)
            return
        prompt = _PROMPT.fullmatch(spelling)
        first, _, rest = row.get("type").strip().partition(" ")
        other = prompt[1] if prompt else _OTHER_SPELLINGS.get(first.lower())
        if other is None:
            return
        row.cells["type"] = f"{other} {rest}".strip() if first.lower() == EXTERNAL_SELECT else other
        if first.lower() == "barcode":
            row.cells["appearance"] = f"{row.get('appearance')} barcode".strip()
        if other == "calculate" and not row.get("calculation"):
            row.cells["calculation"] = _quoted(row.cells.pop("default", ""))
        if not prompt:
            self._report.tell(
                row, "type", "type-replaced", "« {type} » devient « {other} ».", type=first, other=row.get("type")
            )

    def _clean_range(self, row: SheetRow) -> None:
        """Write a range as a number with the constraint that its parameters mean."""
        given = dict(part.partition("=")[::2] for part in row.cells.pop("parameters", "").lower().split())
        start, end, step = (given.get(key, default) for key, default in (("start", "1"), ("end", "10"), ("step", "1")))
        is_whole = all(_WHOLE.fullmatch(number) for number in (start, end, step))
        rules = [f". >= {start}", f". <= {end}"]
        if is_whole and step != "1":
            rules.append(f"(. - {start}) mod {step} = 0")
        if row.get("constraint"):
            rules.append(f"({row.get('constraint')})")
        row.cells.update({"type": "integer" if is_whole else "decimal", "constraint": " and ".join(rules)})
        self._report.tell(
            row,
            "type",
            "type-replaced",
            "« {type} » devient « {other} ».",
            type="range",
            other=f"{row.get('type')}, {' and '.join(rules)}",
        )

    def _clean_expressions(self, row: SheetRow) -> None:
        for column in _EXPRESSIONS:
            text = row.get(column)
            straight = text.translate(_CURVED)
            if straight != text:
                self._report.tell(
                    row, column, "quotes-straightened", "Les guillemets courbes de cette case sont redressés."
                )
            for name in self._references_left_out(row, column, straight):
                straight = re.sub(rf"\$\{{\s*{re.escape(name)}\s*\}}", "''", straight)
            if straight != text:
                row.cells[column] = straight

    def _references_left_out(self, row: SheetRow, column: str, text: str) -> list[str]:
        names = [name for name in sorted(self._left_out) if re.search(rf"\$\{{\s*{re.escape(name)}\s*\}}", text)]
        for name in names:
            self._report.tell(
                row, column, "reference-left-out", "« {name} » est laissé de côté : il se lit vide ici.", name=name
            )
        return names

    def _clean_texts(self, row: SheetRow) -> None:
        for column, texts in row.texts.items():
            for lang, text in texts.items():
                plain = " ".join(_MARKUP.sub(_without_markup, text).split())
                if plain != " ".join(text.split()):
                    self._report.tell(
                        row, column, "markup-left-out", "La mise en forme est enlevée ; les mots restent."
                    )
                for name in self._references_left_out(row, column, plain):
                    plain = re.sub(rf"\s*\$\{{\s*{re.escape(name)}\s*\}}", "", plain)
                texts[lang] = plain


def _type_of(row: SheetRow) -> str:
    return " ".join(row.get("type").lower().split())


def _loop_end(rows: list[SheetRow], index: int) -> int:
    """The index of the row that ends the loop whose body begins at `index`; the number of rows if none does."""
    depth = 1
    for position in range(index, len(rows)):
        spelling = _type_of(rows[position])
        depth += bool(_LOOP_BEGIN.fullmatch(spelling)) - bool(_LOOP_END.fullmatch(spelling))
        if depth == 0:
            return position
    return len(rows)


def _changed(row: SheetRow, **cells: str) -> SheetRow:
    texts = {column: dict(by_language) for column, by_language in row.texts.items()}
    return replace(row, cells={**row.cells, **cells}, texts=texts, custom_columns=dict(row.custom_columns))


def _block_row(row: SheetRow, spelling: str, name: str, label: dict[str, str]) -> SheetRow:
    cells = {"type": spelling} | ({"name": name} if name else {})
    return SheetRow(row.sheet, row.number, row.line, cells, {"label": dict(label)} if label else {}, {}, row.headings)


def _group_name(choice: str) -> str:
    """The choice's name as a name of a group."""
    name = _NOT_IN_NAMES.sub("_", choice)
    return name if name[:1].isalpha() or name.startswith("_") else f"_{name}"


def _about_choice(row: SheetRow, choice: SheetRow) -> SheetRow:
    """A row of a loop's body, with its choice's name and label in the texts that ask for them."""
    labels = choice.texts.get("label", {})
    copy = _changed(row)
    for texts in copy.texts.values():
        for lang, text in texts.items():
            label = labels.get(lang) or next(iter(labels.values()), choice.get("name"))
            texts[lang] = text.replace("%(label)s", label).replace("%(name)s", choice.get("name"))
    for column, value in copy.cells.items():
        copy.cells[column] = value.replace("%(name)s", choice.get("name"))
    return copy


def _quoted(text: str) -> str:
    """The text as a literal of an expression."""
    return f'"{text}"' if "'" in text else f"'{text}'"


def _without_markup(match: re.Match[str]) -> str:
    if match[3]:
        return f"{match[3]} ({match[4]})"
    return match[1] or match[2] or " "
