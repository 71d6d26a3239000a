"""Patterns over text from outside mean the same in every language: digits are 0 to 9 (sync/PROTOCOL.md, section 1).

Python's `\\d` and `isdigit` take the digits of all scripts, `isdigit` even those that `int` refuses; a phone's do not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support import repository

SOURCES = repository.under("server", "sync", ends=(".py",))
QUESTIONS = {"isdigit", "isdecimal", "isnumeric"}


def texts(tree: ast.AST) -> Iterator[str]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def questions(node: ast.AST) -> list[str]:
    """Names of the methods of text that the expression calls."""
    calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return [function.attr for function in calls if isinstance(function, ast.Attribute)]


def offenders(tree: ast.AST) -> list[str]:
    """The patterns and questions of a file that take digits of all scripts."""
    found = [text for text in texts(tree) if "\\d" in text]
    guarded = sum(
        len(QUESTIONS.intersection(questions(node)))
        for node in ast.walk(tree)
        if isinstance(node, ast.BoolOp) and "isascii" in questions(node) and isinstance(node.op, ast.And)
    )
    asked = [name for name in questions(tree) if name in QUESTIONS]
    return found + (asked if len(asked) > guarded else [])


def test_no_file_takes_the_digits_of_other_scripts() -> None:
    assert {path: bad for path in SOURCES if (bad := offenders(ast.parse(repository.text(path))))} == {}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        (r're.compile(r"\d+")', 1),
        ("text.isdigit() and int(text)", 1),
        ("text.isascii() and text.isdigit()", 0),
        ("not (text.isascii() and text.isdigit() and len(text) < 4)", 0),
        ("text.isascii() or text.isdigit()", 1),
        (r're.compile(r"[0-9]+")', 0),
    ],
)
def test_the_check_sees_what_it_looks_for(source: str, count: int) -> None:
    assert len(offenders(ast.parse(source))) == count
