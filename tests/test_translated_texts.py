"""Translated texts are the program's own: literals, rows of constant tables, fields of known classes.

A text that comes from a request, a file or the store never reaches a translation: it would show a client's sentence in
the site's name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from sync import errors
from tests.support import repository

PYTHON = repository.under("server", "sync", ends=".py")
TEMPLATES = repository.under("server", "sync", ends=".html")
TRANSLATIONS = {"_", "language", "translate", "say", "terminal_language"}
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)} | {"FormTooLarge", "Forbidden"}
SENTENCE_ARGUMENTS = {  # constructors, and where their sentences stand
    **dict.fromkeys(ERRORS, (1, 2)),
    "BadContent": (3, 4),
    "BadCell": (4, 5),
    "AlertIssue": (2, 3),
    "plural": (0, 1),
    "PendingTask": (0,),
    "NavigationEntry": (1,),
    "Finding": (1, 2),
    "MisdirectedRequest": (1, 2),
    "TooManyTries": (1, 2),
}
SENTENCE_NAMES = {"sentence", "hint", "label", "labels", "msgid", "reason"}
PASSED_ON = {  # sentences from elsewhere in this program (templates, stored errors), and the calls that pass them
    "server/console/alerts/received.py": "language(sentence, **values)",
    "server/console/page.py": "(self, _space(",
    "server/publishing/stored_error.py": "KunnafoniError(code, sentence, hint",
    "server/writing/form_files.py": "code, sentence, hint, **values",
}
TEMPLATE_TEXTS = {  # what templates translate besides literals, and rows of tables in capitals
    "entry.label",  # NavigationEntry
    "row.label",  # SiteForm
    "input.hint",  # constants of server/writing/editor_rows.py
    "state.replication.label",  # constants of server/hubs/replications.py
    "task.sentence",  # PendingTask
    *("item.sentence", "item.button"),  # WorkItem
    "label",  # loops over CATEGORIES and RESPONSES of console/alerts/alert_form.py, and over figures of the dashboard
    "labels.STATES.aside",
    *("status", "severity", "verdict", "message"),  # rows of SEVERITY_WORDS, STATUS_WORDS, VERDICTS, MESSAGE_TYPES
    "step_titles[]",
}


def tables(node: ast.AST) -> bool:
    """True for a constant table: a name in capitals, itself or an attribute of a module."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name.isupper()


class Texts:
    """Texts of one function (or module): its parameters, and the names that only hold the program's own texts."""

    def __init__(self, function: ast.AST) -> None:
        arguments = getattr(function, "args", None)
        self.parameters = (
            {argument.arg for argument in ast.walk(arguments) if isinstance(argument, ast.arg)} if arguments else set()
        )
        self.bindings: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            for target, value in self._bound(node):
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        self.bindings.setdefault(name.id, []).append(value)

    @staticmethod
    def _bound(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.For | ast.comprehension):
            yield node.target, node.iter
        elif isinstance(node, ast.NamedExpr):
            yield node.target, node.value

    def is_own(self, node: ast.expr, depth: int = 4) -> bool:
        if isinstance(node, ast.Constant):
            return node.value is None or isinstance(node.value, str)
        if isinstance(node, ast.IfExp):
            return self.is_own(node.body, depth) and self.is_own(node.orelse, depth)
        if isinstance(node, ast.BoolOp | ast.Tuple | ast.List):
            parts = node.values if isinstance(node, ast.BoolOp) else node.elts
            return all(self.is_own(part, depth) for part in parts)
        if isinstance(node, ast.Subscript):
            return tables(node.value) or (isinstance(node.value, ast.Subscript) and self.is_own(node.value, depth))
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                return function.id == "N_"
            return isinstance(function, ast.Attribute) and self.is_own(function.value)  # TABLE.get(), TABLE.items()
        if isinstance(node, ast.Attribute):
            return tables(node) or node.attr in SENTENCE_NAMES
        if isinstance(node, ast.Name):
            bound = self.bindings.get(node.id, [])
            is_passed_on = node.id in self.parameters and node.id in SENTENCE_NAMES
            return (
                tables(node)
                or is_passed_on
                or (bool(bound) and depth > 0 and all(self._is_own_binding(value, depth) for value in bound))
            )
        return False

    def _is_own_binding(self, value: ast.expr, depth: int) -> bool:
        if isinstance(value, ast.IfExp):
            return self._is_own_binding(value.body, depth) and self._is_own_binding(value.orelse, depth)
        if isinstance(value, ast.Tuple | ast.List):  # `a, b = x, "text"`: at least one text of the program, no call
            return all(not isinstance(part, ast.Call) or self.is_own(part, depth - 1) for part in value.elts)
        return self.is_own(value, depth - 1)


def function_texts(tree: ast.Module) -> Iterator[tuple[ast.Call, Texts]]:
    """Each call with the texts of the innermost function around it."""

    def visit(node: ast.AST, texts: Texts) -> Iterator[tuple[ast.Call, Texts]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield child, texts
            is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from visit(child, Texts(child) if is_function else texts)

    yield from visit(tree, Texts(tree))


def called_name(call: ast.Call) -> str:
    function = call.func.func if isinstance(call.func, ast.Call) else call.func  # terminal_language()("…")
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def foreign_texts(source: str) -> list[str]:
    """Translations and errors of a module whose sentence is not the program's own."""
    wrong = []
    for call, texts in function_texts(ast.parse(source)):
        name = called_name(call)
        positions = SENTENCE_ARGUMENTS.get(name, (0,) if name in TRANSLATIONS else ())
        if name == "terminal_language" and not isinstance(call.func, ast.Call):
            continue
        if name == "translate" and isinstance(call.func, ast.Attribute):
            continue  # str.translate, KunnafoniError.translate
        for position in positions:
            if position < len(call.args) and not texts.is_own(call.args[position]):
                wrong.append(f"{call.lineno}: {ast.unparse(call)[:120]}")
    return wrong


@pytest.mark.parametrize("path", PYTHON)
def test_python_translates_the_programs_own_texts(path: str) -> None:
    found = foreign_texts(repository.text(path))
    assert [text for text in found if path not in PASSED_ON or PASSED_ON[path] not in text] == []


@pytest.mark.parametrize("path", TEMPLATES)
def test_templates_translate_the_programs_own_texts(path: str) -> None:
    tree = Environment(autoescape=True).parse(repository.text(path))
    texts = [
        expression(call.args[0])
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_" and not isinstance(call.args[0], nodes.Const)
    ]
    texts += [
        expression(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "n_"
        for argument in call.args[:2]
        if not isinstance(argument, nodes.Const)
    ]
    assert [
        text for text in texts if text not in TEMPLATE_TEXTS and not text.removesuffix("[]").split(".")[-1].isupper()
    ] == []


def expression(node: nodes.Node) -> str:
    """`entry.label`, `labels.ROLES[]`: an expression without its subscripts."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        return f"{expression(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{expression(node.node)}[]"
    return type(node).__name__


@pytest.mark.parametrize(
    "source",
    [
        "def f(cookie): return language(cookie)",
        "def f(context): return context.language(context.query('said'), name='x')",
        "def f(context):\n    text = context.text('a')\n    return _(text)",
        "def f(record): raise Refused('code', record.body['text'])",
        "def f(x): say(f'Bonjour {x}')",
        "def f(rows):\n    for row in rows: _(row)",
    ],
)
def test_a_text_from_elsewhere_is_found(source: str) -> None:
    assert len(foreign_texts(source)) == 1
