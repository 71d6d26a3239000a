"""Every recorded action and every detail of it has a label in the journal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from server.console.components.labels import DEEDS, DETAILS


def deeds(root: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call that writes to the audit log, with the action it names."""
    for path in (root / "server").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                at = {"record_action": 0, "record": 1}.get(call.func.attr, -1)
                if (
                    0 <= at < len(call.args)
                    and isinstance(called := call.args[at], ast.Constant)
                    and isinstance(called.value, str)
                ):
                    yield called.value, call


def test_every_deed_and_every_detail_of_it_has_words(root: Path) -> None:
    calls = list(deeds(root))
    assert len(calls) > 30
    assert {deed for deed, _ in calls} - set(DEEDS) == set()
    assert {word.arg for _, call in calls for word in call.keywords if word.arg} - set(DETAILS) == set()
