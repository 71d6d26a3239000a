"""The survey sheet as a tree of questions, groups and repeats, with an error for each unsupported type or appearance.

Used by sync/forms/compiler.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.forms.question_types import QUESTION_TYPES, QuestionType, list_types_by_spelling, type_by_spelling
from sync.forms.sheets import FormErrorReport, SheetRow

NAME_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
# Members of every JavaScript object: on a phone an unanswered question of this name would have a value.
_NAMES_OF_EVERY_OBJECT = {
    *("__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor"),
    *("hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"),
}
MAX_ITEMS = 600  # questions and groups of one form
MAX_DEPTH = 8  # groups in groups

_METADATA_FORMULAS = {"today": "today()"}  # types of XLSForm that are calculations here
_BLOCK = re.compile(r"(begin|end)[ _](group|repeat|lgroup|looped group|loop)")
_LIST_TYPES = list_types_by_spelling()
_SELECT = re.compile(
    rf"({'|'.join(sorted(_LIST_TYPES, key=len, reverse=True))})\s+(\S+)(\s+or[_ ](?:specify[_ ])?other)?"
)
_UNSUPPORTED = {
    "background-audio": "Demandez un enregistrement par une question audio : la personne doit le savoir.",
    "xml-external": "Mettez les choix dans la feuille choices.",
    "csv-external": "Mettez les choix dans la feuille choices.",
    "select_one_from_file": "Enregistrez la liste en CSV.",
    "select_multiple_from_file": "Enregistrez la liste en CSV.",
    "loop": "Écrivez begin repeat, avec repeat_count.",
}

APPEARANCES = {
    "minimal": "minimal",
    "likert": "likert",
    "multiline": "multiline",
    "horizontal": "horizontal",
    "compact": "compact",
    "horizontal-compact": "compact",
    "columns": "compact",
    "columns-pack": "compact",
    "numbers": "numbers",
    "barcode": "barcode",
    "recent-days": "recent-days",
}
_IGNORED_APPEARANCES = re.compile(
    r"w[1-9][0-9]?|columns-[0-9]+|compact-[0-9]+|quick(compact)?|autocomplete|no-calendar|no-buttons|table-list|"
    r"new(-front|-rear)?|pages|theme-.*"
)


@dataclass(eq=False)
class SurveyNode:
    """A question, group or repeat. `kind`: the question's type, "group" or "repeat".

    `name`: once in the form; where several groups use one name, the later ones put their group's before it.
    `own_name`: as written. `repeats`: names of the repeats around it, outermost first. `is_page`: a group shown on one
    screen. `other_of`: the question whose choice `other` this one specifies.
    """

    kind: str
    name: str
    own_name: str
    row: SheetRow
    repeats: tuple[str, ...]
    ancestors: tuple[SurveyNode, ...]
    list_name: str = ""
    appearance: list[str] = field(default_factory=list)
    is_page: bool = False
    parameters: dict[str, int] = field(default_factory=dict)
    other_of: str = ""
    items: list[SurveyNode] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        return self.kind in ("group", "repeat")

    @property
    def type(self) -> QuestionType:
        """Raises KeyError for a group or a repeat."""
        return QUESTION_TYPES[self.kind]

    def walk(self) -> Iterator[SurveyNode]:
        yield self
        for item in self.items:
            yield from item.walk()


def read_survey(rows: list[SheetRow], report: FormErrorReport) -> tuple[list[SurveyNode], dict[str, str]]:
    """The form's top-level items, and the lists that `or_other` extends, each with its first such question."""
    return _SurveyReader(report).read(rows)


class _SurveyReader:
    def __init__(self, report: FormErrorReport) -> None:
        self._report = report
        self._top_level: list[SurveyNode] = []
        self._open_blocks: list[SurveyNode] = []
        self._names: set[str] = set()
        self._siblings: dict[tuple[str, str], SheetRow] = {}
        self._other_lists: dict[str, str] = {}

    def read(self, rows: list[SheetRow]) -> tuple[list[SurveyNode], dict[str, str]]:
        if len(rows) > MAX_ITEMS:
            self._report.add_to_sheet(
                "survey",
                "form-long",
                "Ce formulaire a trop de questions : {most} au plus.",
                "Coupez-le en deux.",
                most=MAX_ITEMS,
            )
            return [], {}
        for row in rows:
            self._read_row(row)
        for node in self._open_blocks:
            self._report.add(
                node.row,
                "type",
                "block-open",
                "Ce groupe n’est pas fermé.",
                "Ajoutez une ligne end group ou end repeat.",
            )
        return self._top_level, self._other_lists

    def _read_row(self, row: SheetRow) -> None:
        spelling = " ".join(row.get("type").split())
        if not spelling:
            return  # told when the sheets were cleaned
        if block := _BLOCK.fullmatch(spelling.lower()):
            self._read_block(row, *block.groups())
        elif select := _SELECT.fullmatch(spelling):
            self._add_select(row, _LIST_TYPES[select[1]].name, select[2], bool(select[3]))
        elif spelling.lower() in _METADATA_FORMULAS:
            row.cells["calculation"] = _METADATA_FORMULAS[spelling.lower()]
            self._add_question(row, "calculate")
        elif question_type := type_by_spelling(spelling.lower()):
            self._add_question(row, question_type.name)
        else:
            hint = _UNSUPPORTED.get(spelling.lower().split(" ")[0], _UNSUPPORTED.get(spelling.lower(), ""))
            self._report.add(
                row,
                "type",
                "type-unsupported",
                "Le type « {type} » n’est pas pris en charge.",
                hint or "Types admis : {known}.",
                type=spelling,
                known=", ".join((*QUESTION_TYPES, *_METADATA_FORMULAS, "begin group", "begin repeat")),
            )

    def _read_block(self, row: SheetRow, verb: str, block: str) -> None:
        kind = "group" if block == "group" else "repeat"
        if block == "loop":
            self._report.add(
                row,
                "type",
                "type-unsupported",
                "Le type « {type} » n’est pas pris en charge.",
                _UNSUPPORTED["loop"],
                type="loop",
            )
        elif verb == "begin":
            if len(self._open_blocks) >= MAX_DEPTH:
                self._report.add(
                    row,
                    "type",
                    "block-deep",
                    "Il y a trop de groupes les uns dans les autres : {most} au plus.",
                    most=MAX_DEPTH,
                )
            node = self._add_node(row, kind)
            node.is_page = self._read_appearance(node, block=True)
            self._open_blocks.append(node)
        elif not self._open_blocks or self._open_blocks[-1].kind != kind:
            self._report.add(
                row,
                "type",
                "block-end",
                "Cette fin ne correspond à aucun début.",
                "Chaque end a son begin, du même genre.",
            )
        else:
            self._open_blocks.pop()

    def _add_select(self, row: SheetRow, kind: str, list_name: str, other: bool) -> None:
        if list_name.startswith("${"):
            self._report.add(
                row,
                "type",
                "type-unsupported",
                "Le type « {type} » n’est pas pris en charge.",
                "Mettez les choix dans la feuille choices.",
                type=row.get("type"),
            )
            return
        node = self._add_question(row, kind)
        node.list_name = list_name
        if other:
            if row.get("choice_filter"):
                self._report.add(
                    row,
                    "type",
                    "other-filtered",
                    "or_other ne va pas avec choice_filter.",
                    "Ajoutez le choix other à la liste.",
                )
            self._other_lists.setdefault(list_name, node.name)
            other_row = SheetRow("survey", row.number, row.line, {"type": "text", "name": f"{node.name}_other"})
            self._add_question(other_row, "text").other_of = node.name

    def _add_question(self, row: SheetRow, kind: str) -> SurveyNode:
        node = self._add_node(row, kind)
        self._read_appearance(node, block=False)
        self._read_parameters(node)
        return node

    def _add_node(self, row: SheetRow, kind: str) -> SurveyNode:
        ancestors = tuple(self._open_blocks)
        own_name = row.get("name")
        parent = ancestors[-1].name if ancestors else ""
        name = self._unique_name(own_name, parent)
        repeats = tuple(node.name for node in ancestors if node.kind == "repeat")
        node = SurveyNode(kind, name, own_name, row, repeats, ancestors)
        (self._open_blocks[-1].items if self._open_blocks else self._top_level).append(node)
        if not own_name:
            self._report.add(
                row,
                "name",
                "name-missing",
                "Cette ligne n’a pas de nom.",
                "Un mot sans accent ni espace : numero_menage.",
            )
        elif not NAME_PATTERN.fullmatch(name) or name in _NAMES_OF_EVERY_OBJECT:
            self._report.add(
                row,
                "name",
                "name-form",
                "« {name} » ne peut pas servir de nom.",
                "Lettres sans accent, chiffres, - et _ ; une lettre d’abord.",
                name=name,
            )
        elif (parent, own_name) in self._siblings:
            self._report.add(
                row,
                "name",
                "name-twice",
                "Le nom « {name} » sert déjà à la ligne {first}.",
                "Un nom ne sert qu’une fois dans un groupe.",
                name=own_name,
                first=self._siblings[parent, own_name].number,
            )
        self._siblings.setdefault((parent, own_name), row)
        self._names.add(name)
        return node

    def _unique_name(self, own_name: str, parent: str) -> str:
        """The name in the compiled form: its own if that is free, else with its group's before it."""
        return f"{parent}.{own_name}" if own_name in self._names and parent else own_name

    def _read_appearance(self, node: SurveyNode, *, block: bool) -> bool:
        """Store the supported words of `appearance` in the node; True for `field-list`."""
        is_page = False
        if "search(" in node.row.get("appearance"):
            self._report.add(
                node.row,
                "appearance",
                "appearance-unsupported",
                "Cette forme de search() n’est pas prise en charge.",
                "Mettez les choix dans la feuille choices, et filtrez-les avec choice_filter.",
            )
            return False
        for word in node.row.get("appearance").lower().split():
            if word == "field-list" and block:
                is_page = True
            elif word in APPEARANCES and not block:
                node.appearance.append(APPEARANCES[word])
            elif not _IGNORED_APPEARANCES.fullmatch(word):
                self._report.tell(
                    node.row,
                    "appearance",
                    "appearance-left-out",
                    "L’apparence « {word} » est laissée de côté.",
                    word=word,
                )
        return is_page

    def _read_parameters(self, node: SurveyNode) -> None:
        for part in node.row.get("parameters").split():
            key, _, value = part.partition("=")
            parameter = node.type.parameters.get(key)
            is_number = value.isascii() and value.isdigit()
            if parameter and is_number and parameter.minimum <= int(value) <= parameter.maximum:
                node.parameters[parameter.key] = int(value)
            else:
                self._report.add(
                    node.row,
                    "parameters",
                    "parameter-unsupported",
                    "Le réglage « {part} » n’est pas pris en charge.",
                    "Pour une image : max-pixels=1024. Sinon, effacez-le.",
                    part=part,
                )
