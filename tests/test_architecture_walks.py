"""The walks of ARCHITECTURE.md: every function that they name exists where they say."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support import repository

STEPS = sorted(set(re.findall(r"`([\w.]+)` \(([\w/.-]+\.(?:py|ts))\)", repository.text("ARCHITECTURE.md"))))


def python_names(path: str) -> set[str]:
    """Functions and classes of a module, and `Class.method`."""
    names = set()
    for node in ast.parse(repository.text(path)).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = (part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
            names |= {f"{node.name}.{method.name}" for method in methods}
    return names


def script_names(path: str) -> set[str]:
    """Exported functions and classes of a TypeScript module."""
    return set(re.findall(r"^export (?:async )?(?:function|class) (\w+)", repository.text(path), re.MULTILINE))


@pytest.mark.parametrize(("name", "path"), STEPS)
def test_a_function_that_a_walk_names_exists(name: str, path: str) -> None:
    assert path in repository.files()
    assert name in (python_names(path) if path.endswith(".py") else script_names(path))


def test_the_walks_name_functions() -> None:
    assert len(STEPS) > 40
