"""The expressions of a form: compiled one by one, with checks of references and cycles.

Used by sync/forms/compiler.py.
"""

from __future__ import annotations

from typing import Any

from pyxform.utils import default_is_dynamic

from sync.forms.choices import ChoiceLists
from sync.forms.expressions import Expression, ExpressionContext, parse_expression, references
from sync.forms.lexer import BadExpression
from sync.forms.settings import NO_WORDS, YES_WORDS, FormSettings
from sync.forms.sheets import FormErrorReport, SheetRow
from sync.forms.survey import SurveyNode

_AGGREGATES = ("sum", "count", "count-non-empty", "min", "max", "join", "concat")


class ExpressionCompiler:
    def __init__(
        self, nodes: list[SurveyNode], choices: ChoiceLists, settings: FormSettings, report: FormErrorReport
    ) -> None:
        self._nodes = {node.name: node for node in nodes}
        self._same_names: dict[str, list[SurveyNode]] = {}
        for node in nodes:
            self._same_names.setdefault(node.own_name, []).append(node)
        self._choices = choices
        self._settings = settings
        self._report = report
        self._tables = {name: choices.filter_columns(name) for name in choices.lists}
        self._used_columns: dict[str, set[str]] = {}
        self.looked_up: set[str] = set()  # names of lists
        self._dependencies: dict[str, set[str]] = {}
        self._repeats = [node.own_name for node in nodes if node.kind == "repeat"]
        self._lists = {node.own_name: node.list_name for node in nodes if node.list_name}

    def used_columns(self, list_name: str) -> set[str]:
        return self._used_columns.get(list_name, set())

    def value_reference(self, node: SurveyNode, name: str, column: str) -> Expression:
        expression: Expression = ["$", self._name_near(node, name)]
        self._check_references(node, column, expression, in_aggregate=False)
        return expression

    def record_name(self, row: SheetRow) -> Expression | None:
        """The expression of the settings' `instance_name`; None if there is none, or one that its author is told of."""
        text = row.get("instance_name")
        if not text:
            return None
        known_errors = len(self._report.errors)
        expression = self._compile(SurveyNode("group", "", "", row, (), ()), "instance_name", text)
        if len(self._report.errors) == known_errors:
            return expression
        del self._report.errors[known_errors:]
        self._report.tell(
            row,
            "instance_name",
            "record-name-left-out",
            "Cette formule n’est pas comprise : les fiches portent leurs premières réponses comme nom.",
        )
        return None

    def add_relevant(self, node: SurveyNode, item: dict[str, Any]) -> None:
        if node.other_of:
            item["relevant"] = ["selected", ["$", node.other_of], "other"]
        elif node.row.get("relevant"):
            item["relevant"] = self._compile(node, "relevant", node.row.get("relevant"))
            self._add_dependencies(node, item["relevant"])

    def add_count(self, node: SurveyNode, item: dict[str, Any]) -> None:
        if not node.row.get("repeat_count"):
            return
        if node.kind != "repeat":
            self._report.add(
                node.row, "repeat_count", "count-misplaced", "Seule une répétition (begin repeat) a un nombre."
            )
        item["count"] = self._compile(node, "repeat_count", node.row.get("repeat_count"))
        self._add_dependencies(node, item["count"])

    def add_rules(self, node: SurveyNode, item: dict[str, Any]) -> None:
        row = node.row
        self._add_required(node, item)
        if row.get("constraint"):
            item["constraint"] = self._compile(node, "constraint", row.get("constraint"))
        self._add_calculation(node, item)
        self._add_default(node, item)
        if row.get("read_only") and row.get("read_only").lower() not in NO_WORDS:
            item["read_only"] = True
            if row.get("read_only").lower() not in YES_WORDS:
                self._report.add(
                    row,
                    "read_only",
                    "setting-value",
                    "« {value} » ne convient pas ici.",
                    "Écrivez yes ou no.",
                    value=row.get("read_only"),
                )
        if node.list_name:
            self._add_choices(node, item)
        elif row.get("choice_filter"):
            self._report.tell(
                row, "choice_filter", "filter-left-out", "Ce filtre est laissé de côté : la question n’a pas de liste."
            )

    def _add_required(self, node: SurveyNode, item: dict[str, Any]) -> None:
        value = node.row.get("required")
        if not value or value.lower() in NO_WORDS:
            return
        if not node.type.is_answered:
            self._report.add(
                node.row,
                "required",
                "required-misplaced",
                "Personne ne répond à cette ligne : elle ne peut pas être obligatoire.",
            )
        item["required"] = True if value.lower() in YES_WORDS else self._compile(node, "required", value)

    def _add_calculation(self, node: SurveyNode, item: dict[str, Any]) -> None:
        value = node.row.get("calculation")
        if not node.type.is_shown and not value:
            self._report.add(node.row, "calculation", "calculation-missing", "Il manque la formule de ce calcul.")
        if not value:
            return
        if not node.type.can_be_calculated:
            self._report.add(
                node.row,
                "calculation",
                "calculation-misplaced",
                "Une question de ce type ne se calcule pas.",
                "Prenez calculate.",
            )
        item["calculation"] = self._compile(node, "calculation", value)
        self._add_dependencies(node, item["calculation"])
        if node.type.is_shown:
            item["read_only"] = True

    def _add_default(self, node: SurveyNode, item: dict[str, Any]) -> None:
        value = node.row.get("default")
        if not value:
            return
        parse_default = node.type.parse_default
        if parse_default is None or "calculation" in item:
            self._report.add(
                node.row,
                "default",
                "default-misplaced",
                "Cette ligne ne peut pas avoir de valeur de départ.",
                "Videz cette case.",
            )
        elif default_is_dynamic(value, node.type.pyxform_name or node.type.name):
            item["default"] = {"is": self._compile(node, "default", value)}
        else:
            names = [choice.name for choice in self._choices.lists.get(node.list_name, ())]
            try:
                item["default"] = parse_default(value, names, self._settings.decimals)
            except ValueError:
                self._report.tell(
                    node.row,
                    "default",
                    "default-left-out",
                    "« {value} » n’est pas une réponse à cette question : elle commence vide.",
                    "Une date s’écrit AAAA-MM-JJ, un choix par son nom.",
                    value=value,
                )

    def _add_choices(self, node: SurveyNode, item: dict[str, Any]) -> None:
        item["list"] = node.list_name
        if node.list_name not in self._choices.lists:
            self._report.add(
                node.row,
                "type",
                "list-unknown",
                "La liste « {name} » n’est pas dans la feuille choices.",
                name=node.list_name,
            )
        elif node.row.get("choice_filter"):
            item["filter"] = self._compile(node, "choice_filter", node.row.get("choice_filter"))
            self._used_columns.setdefault(node.list_name, set()).update(_column_names(item["filter"]))

    def _compile(self, node: SurveyNode, column: str, text: str) -> Expression:
        columns = self._choices.filter_columns(node.list_name) if column == "choice_filter" else ()
        lists = self._lists if len(self._settings.languages) == 1 else None
        notices: list[BadExpression] = []
        context = ExpressionContext(
            columns=columns,
            allows_now=column == "default",
            repeats=self._repeats,
            lists=lists,
            tables=self._tables,
            notices=notices,
        )
        try:
            expression = self._with_names(node, parse_expression(text, context))
        except BadExpression as error:
            self._report.add(
                node.row,
                column,
                error.code,
                error.sentence,
                error.hint,
                **(error.values | {"at": error.position, "expression": text}),
            )
            return ""
        for notice in notices:
            self._report.tell(node.row, column, notice.code, notice.sentence, notice.hint, **notice.values)
        self._check_references(node, column, expression, in_aggregate=False)
        self._note_lookups(expression)
        return expression

    def _note_lookups(self, expression: Expression) -> None:
        if not isinstance(expression, list):
            return
        if expression[0] == "lookup":
            self.looked_up.add(expression[1])
            self._used_columns.setdefault(expression[1], set()).update({*expression[2:4]} - {"name", "label"})
        for part in expression[1:]:
            self._note_lookups(part)

    def _with_names(self, node: SurveyNode, expression: Expression) -> Expression:
        """The expression with the compiled form's names in place of those that its author wrote."""
        if not isinstance(expression, list):
            return expression
        if expression[0] == "$":
            return ["$", self._name_near(node, expression[1])]
        return [expression[0], *(self._with_names(node, part) for part in expression[1:])]

    def _name_near(self, node: SurveyNode, own_name: str) -> str:
        """The item of this name that shares most groups with `node`; the name itself if there is none."""
        candidates = self._same_names.get(own_name, ())
        if not candidates:
            return own_name
        return max(candidates, key=lambda candidate: len({*candidate.ancestors} & {*node.ancestors, node})).name

    def _check_references(self, node: SurveyNode, column: str, expression: Expression, *, in_aggregate: bool) -> None:
        if not isinstance(expression, list):
            return
        head, *rest = expression
        if head == "$":
            self._check_reference(node, column, rest[0], in_aggregate)
        elif head == "." and column not in ("constraint", "required", "choice_filter"):
            self._report.add(
                node.row,
                column,
                "here-misplaced",
                "Le point (la réponse elle-même) ne va que dans constraint.",
                "Nommez une question : ${{question}}.",
            )
        elif head == "at":
            self._check_indexed_repeat(node, column, rest[0][1])
            self._check_references(node, column, rest[1], in_aggregate=False)
        elif head not in ("@", "#"):
            if head == "position" and not (node.repeats or node.kind == "repeat"):
                self._report.add(node.row, column, "position-outside", "position(..) ne va que dans une répétition.")
            if head == "count" and rest[0][1] in self._nodes and self._nodes[rest[0][1]].is_block:
                return
            for part in rest:
                self._check_references(node, column, part, in_aggregate=head in _AGGREGATES)

    def _check_reference(self, node: SurveyNode, column: str, name: str, in_aggregate: bool) -> None:
        target = self._nodes.get(name)
        if target is None:
            self._report.add(node.row, column, "reference-unknown", "Il n’y a pas de question « {name} ».", name=name)
        elif target.is_block or not target.type.has_value:
            self._report.add(
                node.row,
                column,
                "reference-block",
                "« {name} » n’a pas de réponse.",
                "Pour compter les instances : count(${{{name}}}).",
                name=name,
            )
        elif not in_aggregate and target.repeats != node.repeats[: len(target.repeats)]:
            self._report.add(
                node.row,
                column,
                "reference-many",
                "« {name} » a plusieurs réponses, une par répétition.",
                "Dites laquelle : sum(${{{name}}}), max(${{{name}}}), ou indexed-repeat(…).",
                name=name,
            )

    def _check_indexed_repeat(self, node: SurveyNode, column: str, name: str) -> None:
        target = self._nodes.get(name)
        if target is None or target.is_block or len(target.repeats) != 1:
            self._report.add(
                node.row,
                column,
                "reference-indexed",
                "indexed-repeat() ne va que sur une question d’une seule répétition.",
                name=name,
            )

    def _add_dependencies(self, node: SurveyNode, expression: Expression) -> None:
        self._dependencies.setdefault(node.name, set()).update(_all_references(expression))

    def check_cycles(self) -> None:
        """Add an error for each value that depends on itself through calculations, relevance and counts."""
        done: set[str] = set()
        for name in self._nodes:
            self._find_cycle(name, [], done)

    def _find_cycle(self, name: str, path: list[str], done: set[str]) -> None:
        if name in path:
            node = self._nodes[name]
            self._report.add(
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
        for target in sorted(self._dependencies.get(name, set()) | {ancestor.name for ancestor in node.ancestors}):
            self._find_cycle(target, [*path, name], done)
        done.add(name)


def _column_names(expression: Expression) -> set[str]:
    if not isinstance(expression, list):
        return set()
    if expression[0] == "@":
        return {expression[1]} - {"name"}
    return set().union(*(_column_names(part) for part in expression[1:]))


def _all_references(expression: Expression) -> set[str]:
    return set(references(expression))
