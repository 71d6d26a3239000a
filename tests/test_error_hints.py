"""Every error has a code and a sentence, and a hint unless its sentence says all that a person can do.

Codes that have none stand in tests/names/codes_without_hint.txt: a new error takes a hint, or a line there.
"""

from __future__ import annotations

import ast
import functools
import re

from sync import errors
from tests.support import repository

CLASSES = {name for name, value in vars(errors).items() if isinstance(value, type)} | {"Forbidden"}
APART = {"BadContent", "BadFolder"}  # they name file, line and what is wrong there
WITHOUT_HINT = repository.ROOT / "tests/names/codes_without_hint.txt"


@functools.cache
def raised_errors() -> list[tuple[str, ast.Call]]:
    """All calls that make an error of sync/errors.py with a code of its own, with file and line."""
    calls = []
    for path in repository.under("sync", "server", ends=(".py",)):
        for node in ast.walk(ast.parse(repository.text(path))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES - APART:
                calls.append((f"{path}:{node.lineno}", node))
    return calls


def test_every_error_has_a_code_and_a_sentence() -> None:
    calls = [(where, call) for where, call in raised_errors() if not has_spread(call)]
    assert len(calls) > 400
    assert [where for where, call in calls if len(call.args) < 2] == []
    codes = [call.args[0].value for _where, call in calls if isinstance(call.args[0], ast.Constant)]
    assert [code for code in codes if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(code))] == []


def test_every_error_says_what_to_do_or_stands_in_the_list() -> None:
    bare = {
        str(call.args[0].value): where
        for where, call in raised_errors()
        if not has_spread(call) and isinstance(call.args[0], ast.Constant) and not has_hint(call)
    }
    listed = WITHOUT_HINT.read_text("utf-8").split()
    assert {code: where for code, where in bare.items() if code not in listed} == {}, "give it a hint"
    assert [code for code in listed if code not in bare] == [], "it has a hint now: take it out of the list"
    assert listed == sorted(set(listed))


def has_spread(call: ast.Call) -> bool:
    """True if the arguments come from a table, which has its own texts."""
    return any(isinstance(argument, ast.Starred) for argument in call.args)


def has_hint(call: ast.Call) -> bool:
    hint = (
        call.args[2] if len(call.args) > 2 else next((each.value for each in call.keywords if each.arg == "hint"), None)
    )
    return hint is not None and not (isinstance(hint, ast.Constant) and not hint.value)
