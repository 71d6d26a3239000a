"""Names and sentences that a newcomer understands: terms of the field, docstrings that name their subject."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.support import repository

PYTHON = repository.under("sync", "server", "deploy", "tests", ends=".py")
PRODUCT = [path for path in PYTHON if not path.startswith("tests/")]
APP = [path for path in repository.under("pwa/src", ends=".ts") if not path.endswith(".d.ts")]
SCRIPTS = repository.under("pwa", ends=(".ts", ".mjs"))
REFUSED: dict[str, dict[str, str]] = json.loads(repository.text("tests/names/refused.json"))
WORDS = set(re.findall(r"^[a-z0-9]+$", repository.text("tests/names/module_words.txt"), re.MULTILINE))

# A docstring says what a thing is or does: a noun phrase or an imperative, its subject named.
OPENING = re.compile(
    r"(?:Who|What|Whoever|Whatever|Whom|Whose|Of|That of|As|Whether|Where|When|How|Which|Those|Nobody|Nothing)\b"
)


def public_classes(path: str) -> Iterator[str]:
    """Names of the classes a module defines at its top, private ones left out."""
    for node in ast.parse(repository.text(path)).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def definitions(path: str) -> Iterator[str]:
    """Names of all functions, methods and classes of a module."""
    for node in ast.walk(ast.parse(repository.text(path))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def docstrings(path: str) -> Iterator[str]:
    """Docstrings of a module, its classes and its functions."""
    for node in ast.walk(ast.parse(repository.text(path))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def comments(path: str) -> Iterator[str]:
    """Texts of a script's comments, or of the comments of a Python file that have a line of their own."""
    text = repository.text(path)
    if path.endswith(".py"):
        yield from re.findall(r"(?<!#)^\s*# (.*)$", text, re.MULTILINE)
        return
    for match in re.finditer(r"^\s*/\*\*?\s*(?:\n\s*\* )?(.+)|^\s*// (.*)$", text, re.MULTILINE):
        yield match[1] or match[2]


def test_no_public_class_has_its_name_twice() -> None:
    homes = defaultdict(list)
    for path in PRODUCT:
        for name in public_classes(path):
            homes[name].append(path)
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_no_module_has_a_name_that_was_given_up() -> None:
    stems = [(path, PurePosixPath(path).stem) for path in PRODUCT + APP]
    assert [(path, REFUSED["modules"][stem]) for path, stem in stems if stem in REFUSED["modules"]] == []


def test_no_class_or_function_has_a_name_that_was_given_up() -> None:
    refused = REFUSED["classes"] | REFUSED["functions"]
    assert [(path, name, refused[name]) for path in PRODUCT for name in definitions(path) if name in refused] == []


@pytest.mark.parametrize("path", PRODUCT + APP)
def test_a_modules_name_is_made_of_words_of_the_field(path: str) -> None:
    stem = PurePosixPath(path).stem
    unknown = {word for word in re.split(r"[_-]", stem) if word and word != "init" and word not in WORDS}
    assert unknown == set(), "tests/names/module_words.txt lists the words; the README's glossary explains our own"


@pytest.mark.parametrize("path", PYTHON)
def test_docstrings_and_comments_name_their_subject(path: str) -> None:
    texts = [*docstrings(path), *comments(path)]
    assert [text.partition("\n")[0] for text in texts if OPENING.match(text)] == []


@pytest.mark.parametrize("path", SCRIPTS)
def test_comments_of_scripts_name_their_subject(path: str) -> None:
    assert [text for text in comments(path) if OPENING.match(text)] == []
