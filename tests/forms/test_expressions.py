"""Expressions follow the ODK XForms specification: every case of the vectors that the phone reads too."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.canonical import canonical
from sync.forms.conversions import number_text, to_number, to_string
from sync.forms.evaluation import evaluate
from sync.forms.expressions import ExpressionContext, parse_expression, references
from sync.forms.lexer import BadExpression

TABLE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors/expressions.json").read_text("utf-8"))
PLACE = ExpressionContext(
    columns=("name", "pays"),
    repeats=("repetition",),
    lists={"pays": "pays"},
    tables={"villages": ("code", "nom", "puits")},
)


class TableScope:
    def __init__(self, context: dict[str, Any]) -> None:
        self._context = context
        self.current_answer: str = context["here"]
        self.today: str = context["today"]
        self.position: int = context["position"]

    def values(self, name: str) -> list[str]:
        return list(self._context["values"][name])

    def all_values(self, name: str) -> list[str]:
        return list(self._context["all"][name])

    def column(self, name: str) -> str:
        return str(self._context["columns"][name])

    def choice_label(self, list_name: str, choice: str) -> str:
        return str(self._context["labels"][list_name].get(choice, ""))

    def lookup(self, list_name: str, column: str, key_column: str, key: str) -> str:
        rows = self._context["tables"][list_name]
        return str(next((row.get(column, "") for row in rows if key and row[key_column] == key), ""))


def kind(value: object) -> str:
    return {bool: "boolean", float: "number", str: "string", list: "list"}[type(value)]


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["expression"])
def test_an_expression_has_its_value(case: dict[str, Any]) -> None:
    compiled = parse_expression(case["expression"], PLACE)
    assert compiled == case["compiled"]
    canonical(compiled)
    value = evaluate(compiled, TableScope(TABLE["context"]))
    assert (kind(value), to_string(value)) == (case["type"], case["value"])


@pytest.mark.parametrize("case", TABLE["refused"], ids=lambda case: case["expression"])
def test_what_is_not_supported_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BadExpression) as caught:
        parse_expression(case["expression"], PLACE)
    assert caught.value.code == case["code"]
    caught.value.text()  # raises KeyError if a placeholder has no value


def test_a_word_is_an_operator_only_after_a_value() -> None:
    assert parse_expression("div div mod", ExpressionContext(columns=("div", "mod"))) == [
        "div",
        ["@", "div"],
        ["@", "mod"],
    ]


def test_an_expression_names_its_questions() -> None:
    assert list(references(parse_expression("if(${a} > 1, sum(${b}), 'x') = ${a}"))) == ["a", "b", "a"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_from_its_text(number: float) -> None:
    text = number_text(number)
    assert "e" not in text
    assert to_number(text) == number


@given(st.text(alphabet="()'\"${}ab.,+-*/<>=!| 019[]", max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    with contextlib.suppress(BadExpression):
        canonical(parse_expression(text))
