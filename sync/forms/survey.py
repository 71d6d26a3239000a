"""The rows of the survey sheet as a tree of questions, groups and repeats; what a type or an appearance asks for is kept or refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.forms.sheets import Problems, Row

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
MOST_ITEMS = 600  # questions and groups of one form
DEEPEST = 8  # groups in groups

_TYPES = {
    "text": "text",
    "string": "text",
    "integer": "integer",
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "date time": "datetime",
    "note": "note",
    "calculate": "calculate",
    "acknowledge": "acknowledge",
    "trigger": "acknowledge",
    "geopoint": "geopoint",
    "gps": "geopoint",
    "location": "geopoint",
    "image": "image",
    "photo": "image",
    "audio": "audio",
    "today": "today",
}
_SELECTS = {
    "select_one": "select_one",
    "select one": "select_one",
    "select one from": "select_one",
    "select1": "select_one",
    "select_multiple": "select_multiple",
    "select multiple": "select_multiple",
    "select all that apply": "select_multiple",
    "select all that apply from": "select_multiple",
}
KNOWN = (
    "text",
    "integer",
    "decimal",
    "date",
    "time",
    "datetime",
    "select_one",
    "select_multiple",
    "note",
    "calculate",
    "acknowledge",
    "geopoint",
    "image",
    "audio",
    "today",
    "begin group",
    "begin repeat",
)
_BLOCK = re.compile(r"(begin|end)[ _](group|repeat|lgroup|looped group|loop)")
_SELECT = re.compile(rf"({'|'.join(sorted(_SELECTS, key=len, reverse=True))})\s+(\S+)(\s+or[_ ](?:specify[_ ])?other)?")
_KEPT_ALREADY = "L’envoi dit déjà le jour ; l’heure, l’appareil et la personne ne sont pas gardés. Effacez cette ligne."
_UNSUPPORTED = {
    "start": _KEPT_ALREADY,
    "end": _KEPT_ALREADY,
    "deviceid": _KEPT_ALREADY,
    "imei": _KEPT_ALREADY,
    "username": _KEPT_ALREADY,
    "phonenumber": _KEPT_ALREADY,
    "phone number": _KEPT_ALREADY,
    "email": _KEPT_ALREADY,
    "simserial": _KEPT_ALREADY,
    "subscriberid": _KEPT_ALREADY,
    "audit": _KEPT_ALREADY,
    "start-geopoint": _KEPT_ALREADY,
    "background-geopoint": _KEPT_ALREADY,
    "background-audio": "Demandez un enregistrement par une question audio : la personne doit le savoir.",
    "video": "Une vidéo pèse trop pour ces téléphones : demandez une image ou un son.",
    "file": "Demandez une image ou un son.",
    "barcode": "Demandez le numéro par une question text.",
    "geotrace": "Demandez un point par geopoint.",
    "geoshape": "Demandez un point par geopoint.",
    "range": "Demandez un nombre par integer, avec une constraint.",
    "rank": "Demandez le premier choix par select_one, puis le deuxième.",
    "hidden": "Écrivez calculate.",
    "xml-external": "Mettez les choix dans la feuille choices.",
    "csv-external": "Mettez les choix dans la feuille choices.",
    "select_one_from_file": "Mettez les choix dans la feuille choices.",
    "select_multiple_from_file": "Mettez les choix dans la feuille choices.",
    "select_one_external": "Mettez les choix dans la feuille choices, et filtrez-les avec choice_filter.",
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
}
_ONLY_LOOKS = re.compile(
    r"w[1-9][0-9]?|columns-\d+|compact-\d+|quick(compact)?|autocomplete|no-calendar|no-buttons|table-list|new(-front|-rear)?|pages|theme-.*"
)


@dataclass(eq=False)
class Node:
    """A question (`kind` its type), a group or a repeat. `repeats`: the names of the repeats around it."""

    kind: str
    name: str
    row: Row
    repeats: tuple[str, ...]
    around: tuple[Node, ...]
    list_name: str = ""
    appearance: list[str] = field(default_factory=list)
    page: bool = False
    pixels: int = 0
    other_of: str = ""
    items: list[Node] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        return self.kind in ("group", "repeat")

    def walk(self) -> Iterator[Node]:
        yield self
        for item in self.items:
            yield from item.walk()


def read_survey(rows: list[Row], problems: Problems) -> tuple[list[Node], dict[str, str]]:
    """The items of the form, and the lists that `or_other` adds to, with the first question that does."""
    return _Survey(problems).read(rows)


class _Survey:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._top: list[Node] = []
        self._open: list[Node] = []
        self._names: dict[str, Row] = {}
        self._others: dict[str, str] = {}

    def read(self, rows: list[Row]) -> tuple[list[Node], dict[str, str]]:
        if len(rows) > MOST_ITEMS:
            self._problems.sheet(
                "survey",
                "form-long",
                "Ce formulaire a trop de questions : {most} au plus.",
                "Coupez-le en deux.",
                most=MOST_ITEMS,
            )
            return [], {}
        for row in rows:
            self._row(row)
        for node in self._open:
            self._problems.add(
                node.row,
                "type",
                "block-open",
                "Ce groupe n’est pas fermé.",
                "Ajoutez une ligne end group ou end repeat.",
            )
        return self._top, self._others

    def _row(self, row: Row) -> None:
        written = " ".join(row.get("type").split())
        if not written:
            if row.cells or row.texts:
                self._problems.add(
                    row, "type", "type-missing", "Cette ligne n’a pas de type.", "Écrivez-le, ou videz la ligne."
                )
            return
        if block := _BLOCK.fullmatch(written.lower()):
            self._block(row, *block.groups())
        elif select := _SELECT.fullmatch(written):
            self._select(row, _SELECTS[select[1]], select[2], bool(select[3]))
        elif (kind := _TYPES.get(written.lower())) is not None:
            self._question(row, kind)
        else:
            hint = _UNSUPPORTED.get(written.lower().split(" ")[0], _UNSUPPORTED.get(written.lower(), ""))
            self._problems.add(
                row,
                "type",
                "type-unsupported",
                "Le type « {type} » n’est pas pris en charge.",
                hint or "Types admis : {known}.",
                type=written,
                known=", ".join(KNOWN),
            )

    def _block(self, row: Row, verb: str, what: str) -> None:
        kind = "group" if what == "group" else "repeat"
        if what == "loop":
            self._problems.add(
                row,
                "type",
                "type-unsupported",
                "Le type « {type} » n’est pas pris en charge.",
                _UNSUPPORTED["loop"],
                type="loop",
            )
        elif verb == "begin":
            if len(self._open) >= DEEPEST:
                self._problems.add(
                    row,
                    "type",
                    "block-deep",
                    "Il y a trop de groupes les uns dans les autres : {most} au plus.",
                    most=DEEPEST,
                )
            node = self._node(row, kind)
            node.page = self._appearance(node, block=True)
            self._open.append(node)
        elif not self._open or self._open[-1].kind != kind:
            self._problems.add(
                row,
                "type",
                "block-end",
                "Cette fin ne correspond à aucun début.",
                "Chaque end a son begin, du même genre.",
            )
        else:
            closed = self._open.pop()
            if row.get("name") and row.get("name") != closed.name:
                self._problems.add(
                    row,
                    "name",
                    "block-end",
                    "Cette fin ne correspond à aucun début.",
                    "Le groupe ouvert est « {name} ».",
                    name=closed.name,
                )

    def _select(self, row: Row, kind: str, list_name: str, other: bool) -> None:
        if list_name.startswith("${"):
            self._problems.add(
                row,
                "type",
                "type-unsupported",
                "Le type « {type} » n’est pas pris en charge.",
                "Mettez les choix dans la feuille choices.",
                type=row.get("type"),
            )
            return
        node = self._question(row, kind)
        node.list_name = list_name
        if other:
            if row.get("choice_filter"):
                self._problems.add(
                    row,
                    "type",
                    "other-filtered",
                    "or_other ne va pas avec choice_filter.",
                    "Ajoutez le choix other à la liste.",
                )
            self._others.setdefault(list_name, node.name)
            follow = Row("survey", row.number, row.line, {"type": "text", "name": f"{node.name}_other"})
            self._question(follow, "text").other_of = node.name

    def _question(self, row: Row, kind: str) -> Node:
        node = self._node(row, "calculate" if kind == "today" else kind)
        if kind == "today":
            row.cells["calculation"] = "today()"
        self._appearance(node, block=False)
        self._parameters(node)
        return node

    def _node(self, row: Row, kind: str) -> Node:
        around = tuple(self._open)
        name = row.get("name")
        repeats = tuple(node.name for node in around if node.kind == "repeat")
        node = Node(kind, name, row, repeats, around)
        (self._open[-1].items if self._open else self._top).append(node)
        if not name:
            self._problems.add(
                row,
                "name",
                "name-missing",
                "Cette ligne n’a pas de nom.",
                "Un mot sans accent ni espace : numero_menage.",
            )
        elif not NAME.fullmatch(name):
            self._problems.add(
                row,
                "name",
                "name-form",
                "« {name} » ne peut pas servir de nom.",
                "Lettres sans accent, chiffres, - et _ ; une lettre d’abord.",
                name=name,
            )
        elif name in self._names:
            self._problems.add(
                row,
                "name",
                "name-twice",
                "Le nom « {name} » sert déjà à la ligne {first}.",
                "Un nom ne sert qu’une fois dans un formulaire.",
                name=name,
                first=self._names[name].number,
            )
        self._names.setdefault(name, row)
        return node

    def _appearance(self, node: Node, *, block: bool) -> bool:
        """Keeps the words that mean something here; True for `field-list`."""
        page = False
        for word in node.row.get("appearance").split():
            if word == "field-list" and block:
                page = True
            elif word in APPEARANCES and not block:
                node.appearance.append(APPEARANCES[word])
            elif not _ONLY_LOOKS.fullmatch(word):
                self._problems.add(
                    node.row,
                    "appearance",
                    "appearance-unsupported",
                    "L’apparence « {word} » n’est pas prise en charge.",
                    "Effacez ce mot, ou prenez : {known}.",
                    word=word,
                    known="field-list" if block else ", ".join(sorted(APPEARANCES)),
                )
        return page

    def _parameters(self, node: Node) -> None:
        for part in node.row.get("parameters").split():
            key, _, value = part.partition("=")
            if node.kind == "image" and key == "max-pixels" and value.isdigit() and 100 <= int(value) <= 4000:
                node.pixels = int(value)
            else:
                self._problems.add(
                    node.row,
                    "parameters",
                    "parameter-unsupported",
                    "Le réglage « {part} » n’est pas pris en charge.",
                    "Pour une image : max-pixels=1024. Sinon, effacez-le.",
                    part=part,
                )
