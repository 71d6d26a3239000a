"""Placeholders: names alone are filled; nothing else in braces is ever evaluated."""

from __future__ import annotations

from typing import Any

import pytest

from sync.errors import Refused
from sync.locale import Language
from sync.placeholders import fill


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Bonjour, {name}.", "Bonjour, Awa."),
        ("{name} et {name}", "Awa et Awa"),
        ("Écrivez ${{question}}.", "Écrivez ${question}."),
        ("« {{{name}}} »", "« {Awa} »"),
        ("{other} {name}", "{other} Awa"),
    ],
)
def test_names_are_filled_and_doubled_braces_are_braces(text: str, filled: str) -> None:
    assert fill(text, {"name": "Awa"}) == filled


@pytest.mark.parametrize(
    "text",
    [
        "{name.__class__}",
        "{name[0]}",
        "{name!r}",
        "{name:>400000000}",
        "{0}",
        "{}",
        "{",
        "}",
        "{name",
        "{" * 3001,
    ],
)
def test_attributes_items_conversions_and_widths_stay_text(text: str) -> None:
    values: dict[str, Any] = {"name": Refused("x", "y")}
    filled = fill(text, values)
    assert filled == text.replace("{{", "{")
    assert Language("fr", {"msgid": text})("msgid", **values) == filled
    assert Refused("code", text, **values).text() == filled


def test_a_filled_value_is_not_filled_again() -> None:
    assert fill("{one}", {"one": "{two}", "two": "secret"}) == "{two}"
