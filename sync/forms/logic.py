"""The expressions of a form: compiled one by one, their references checked against the tree, cycles found."""

from __future__ import annotations

from typing import Any

from pyxform.utils import default_is_dynamic

from sync.forms.choices import Choices
from sync.forms.default_values import BadValue, written
from sync.forms.expressions import Expression, Place, parse, references
from sync.forms.lexer import BadExpression
from sync.forms.settings import NO, YES, Settings
from sync.forms.sheets import Problems
from sync.forms.survey import Node

_OF_MANY = ("sum", "count", "count-non-empty", "min", "max", "join", "concat")


class Logic:
    def __init__(self, nodes: list[Node], choices: Choices, settings: Settings, problems: Problems) -> None:
        self._nodes = {node.name: node for node in nodes}
        self._choices = choices
        self._settings = settings
        self._problems = problems
        self._columns: dict[str, set[str]] = {}
        self._follows: dict[str, set[str]] = {}
        self._repeats = [node.name for node in nodes if node.kind == "repeat"]
        self._lists = {node.name: node.list_name for node in nodes if node.list_name}

    def columns_used(self, list_name: str) -> set[str]:
        return self._columns.get(list_name, set())

    def shown(self, node: Node, name: str, column: str) -> Expression:
        expression: Expression = ["$", name]
        self._check(node, column, expression, of_many=False)
        return expression

    def add_relevant(self, node: Node, item: dict[str, Any]) -> None:
        if node.other_of:
            item["relevant"] = ["selected", ["$", node.other_of], "other"]
        elif node.row.get("relevant"):
            item["relevant"] = self._compiled(node, "relevant", node.row.get("relevant"))
            self._follow(node, item["relevant"])

    def add_count(self, node: Node, item: dict[str, Any]) -> None:
        if not node.row.get("repeat_count"):
            return
        if node.kind != "repeat":
            self._problems.add(
                node.row, "repeat_count", "count-misplaced", "Seule une répétition (begin repeat) a un nombre."
            )
        item["count"] = self._compiled(node, "repeat_count", node.row.get("repeat_count"))
        self._follow(node, item["count"])

    def add_rules(self, node: Node, item: dict[str, Any]) -> None:
        row = node.row
        self._required(node, item)
        if row.get("constraint"):
            item["constraint"] = self._compiled(node, "constraint", row.get("constraint"))
        self._calculation(node, item)
        self._default(node, item)
        if row.get("read_only") and row.get("read_only").lower() not in NO:
            item["read_only"] = True
            if row.get("read_only").lower() not in YES:
                self._problems.add(
                    row,
                    "read_only",
                    "setting-value",
                    "« {value} » ne convient pas ici.",
                    "Écrivez yes ou no.",
                    value=row.get("read_only"),
                )
        if node.list_name:
            self._choose(node, item)
        elif row.get("choice_filter"):
            self._problems.add(
                row,
                "choice_filter",
                "filter-misplaced",
                "Cette question n’a pas de liste à filtrer.",
                "Videz cette case.",
            )

    def _required(self, node: Node, item: dict[str, Any]) -> None:
        value = node.row.get("required")
        if not value or value.lower() in NO:
            return
        if node.kind in ("note", "calculate"):
            self._problems.add(
                node.row,
                "required",
                "required-misplaced",
                "Personne ne répond à cette ligne : elle ne peut pas être obligatoire.",
            )
        item["required"] = True if value.lower() in YES else self._compiled(node, "required", value)

    def _calculation(self, node: Node, item: dict[str, Any]) -> None:
        value = node.row.get("calculation")
        if node.kind == "calculate" and not value:
            self._problems.add(node.row, "calculation", "calculation-missing", "Il manque la formule de ce calcul.")
        if not value:
            return
        if node.kind not in ("calculate", "text", "integer", "decimal", "date", "time", "datetime"):
            self._problems.add(
                node.row,
                "calculation",
                "calculation-misplaced",
                "Une question de ce type ne se calcule pas.",
                "Prenez calculate.",
            )
        item["calculation"] = self._compiled(node, "calculation", value)
        self._follow(node, item["calculation"])
        if node.kind != "calculate":
            item["read_only"] = True

    def _default(self, node: Node, item: dict[str, Any]) -> None:
        value = node.row.get("default")
        if not value:
            return
        if node.kind in ("note", "calculate", "image", "audio", "acknowledge") or "calculation" in item:
            self._problems.add(
                node.row,
                "default",
                "default-misplaced",
                "Cette ligne ne peut pas avoir de valeur de départ.",
                "Videz cette case.",
            )
        elif default_is_dynamic(value, node.kind.replace("datetime", "dateTime")):
            item["default"] = {"is": self._compiled(node, "default", value)}
        else:
            names = [choice.name for choice in self._choices.lists.get(node.list_name, ())]
            try:
                item["default"] = written(node.kind, value, names, self._settings.decimals)
            except BadValue:
                self._problems.add(
                    node.row,
                    "default",
                    "default-form",
                    "« {value} » n’est pas une réponse à cette question.",
                    "Une date s’écrit AAAA-MM-JJ, un choix par son nom.",
                    value=value,
                )

    def _choose(self, node: Node, item: dict[str, Any]) -> None:
        item["list"] = node.list_name
        if node.list_name not in self._choices.lists:
            self._problems.add(
                node.row,
                "type",
                "list-unknown",
                "La liste « {name} » n’est pas dans la feuille choices.",
                name=node.list_name,
            )
        elif node.row.get("choice_filter"):
            item["filter"] = self._compiled(node, "choice_filter", node.row.get("choice_filter"))
            self._columns.setdefault(node.list_name, set()).update(_columns(item["filter"]))

    def _compiled(self, node: Node, column: str, text: str) -> Expression:
        columns = self._choices.columns(node.list_name) if column == "choice_filter" else ()
        lists = self._lists if len(self._settings.languages) == 1 else {}
        place = Place(columns=columns, now=column == "default", repeats=self._repeats, lists=lists)
        try:
            expression = parse(text, place)
        except BadExpression as error:
            self._problems.add(
                node.row,
                column,
                error.code,
                error.sentence,
                error.hint,
                **(error.values | {"at": error.at, "expression": text}),
            )
            return ""
        self._check(node, column, expression, of_many=False)
        return expression

    def _check(self, node: Node, column: str, expression: Expression, *, of_many: bool) -> None:
        if not isinstance(expression, list):
            return
        head, *rest = expression
        if head == "$":
            self._reference(node, column, rest[0], of_many)
        elif head == "." and column not in ("constraint", "required", "choice_filter"):
            self._problems.add(
                node.row,
                column,
                "here-misplaced",
                "Le point (la réponse elle-même) ne va que dans constraint.",
                "Nommez une question : ${{question}}.",
            )
        elif head == "at":
            self._indexed(node, column, rest[0][1])
            self._check(node, column, rest[1], of_many=False)
        elif head not in ("@", "#"):
            if head == "position" and not (node.repeats or node.kind == "repeat"):
                self._problems.add(node.row, column, "position-outside", "position(..) ne va que dans une répétition.")
            if head == "count" and rest[0][1] in self._nodes and self._nodes[rest[0][1]].is_block:
                return
            for part in rest:
                self._check(node, column, part, of_many=head in _OF_MANY)

    def _reference(self, node: Node, column: str, name: str, of_many: bool) -> None:
        target = self._nodes.get(name)
        if target is None:
            self._problems.add(node.row, column, "reference-unknown", "Il n’y a pas de question « {name} ».", name=name)
        elif target.is_block or target.kind == "note":
            self._problems.add(
                node.row,
                column,
                "reference-block",
                "« {name} » n’a pas de réponse.",
                "Pour compter les instances : count(${{{name}}}).",
                name=name,
            )
        elif not of_many and target.repeats != node.repeats[: len(target.repeats)]:
            self._problems.add(
                node.row,
                column,
                "reference-many",
                "« {name} » a plusieurs réponses, une par répétition.",
                "Dites laquelle : sum(${{{name}}}), max(${{{name}}}), ou indexed-repeat(…).",
                name=name,
            )

    def _indexed(self, node: Node, column: str, name: str) -> None:
        target = self._nodes.get(name)
        if target is None or target.is_block or len(target.repeats) != 1:
            self._problems.add(
                node.row,
                column,
                "reference-indexed",
                "indexed-repeat() ne va que sur une question d’une seule répétition.",
                name=name,
            )

    def _follow(self, node: Node, expression: Expression) -> None:
        self._follows.setdefault(node.name, set()).update(_all_references(expression))

    def check_cycles(self) -> None:
        """A value that depends on itself, through calculations, relevance and counts."""
        done: set[str] = set()
        for name in self._nodes:
            self._visit(name, [], done)

    def _visit(self, name: str, path: list[str], done: set[str]) -> None:
        if name in path:
            node = self._nodes[name]
            self._problems.add(
                node.row,
                "calculation" if node.row.get("calculation") else "relevant",
                "cycle",
                "Cette ligne dépend d’elle-même : {circle}.",
                "Coupez le cercle.",
                circle=" → ".join([*path[path.index(name) :], name]),
            )
            done.update(path)
            return
        if name in done or name not in self._nodes:
            return
        node = self._nodes[name]
        for target in sorted(self._follows.get(name, set()) | {around.name for around in node.around}):
            self._visit(target, [*path, name], done)
        done.add(name)


def _columns(expression: Expression) -> set[str]:
    if not isinstance(expression, list):
        return set()
    if expression[0] == "@":
        return {expression[1]} - {"name"}
    return set().union(*(_columns(part) for part in expression[1:]))


def _all_references(expression: Expression) -> set[str]:
    return set(references(expression))
