"""Evaluation of compiled expressions (PROTOCOL.md, section 8).

Twin: pwa/src/protocol/expressions.ts; `tests/vectors/expressions.json` pins both to the same values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from sync.forms.conversions import Value, to_boolean, to_number, to_string
from sync.forms.expressions import Expression
from sync.forms.functions import FUNCTIONS


class Scope(Protocol):
    """Values that an expression may read, seen from its item. `today`: the submission's day."""

    current_answer: str
    today: str
    position: int

    def values(self, name: str) -> list[str]:
        """A question's values in the innermost repeat instances that it shares with this item.

        For a repeat or a group, one value for each instance.
        """

    def all_values(self, name: str) -> list[str]:
        """A question's values in all instances."""

    def column(self, name: str) -> str:
        """A column of the choice that a filter judges."""

    def choice_label(self, list_name: str, choice: str) -> str: ...

    def lookup(self, list_name: str, column: str, key_column: str, key: str) -> str:
        """A column of the first choice of a list whose `key_column` has this text; "" if there is none."""


def evaluate(expression: Expression, scope: Scope) -> Value:
    if isinstance(expression, str):
        return expression
    if isinstance(expression, int):
        return float(expression)
    head, *rest = expression
    if head in _SPECIAL_FORMS:
        return _SPECIAL_FORMS[head](rest, scope)
    arguments = [evaluate(part, scope) for part in rest]
    if head in _OPERATORS:
        return _OPERATORS[head](*arguments)
    return FUNCTIONS[head](*arguments)


def evaluate_boolean(expression: Expression, scope: Scope) -> bool:
    return to_boolean(evaluate(expression, scope))


def evaluate_text(expression: Expression, scope: Scope) -> str:
    return to_string(evaluate(expression, scope))


def _at(rest: Sequence[Expression], scope: Scope) -> Value:
    values = scope.all_values(rest[0][1])
    number = to_number(evaluate(rest[1], scope))
    return values[int(number) - 1] if number == number and 1 <= number <= len(values) and number == int(number) else ""


def _if(rest: Sequence[Expression], scope: Scope) -> Value:
    return evaluate(rest[1] if evaluate_boolean(rest[0], scope) else rest[2], scope)


_SPECIAL_FORMS: dict[str, Callable[[Sequence[Expression], Scope], Value]] = {
    "#": lambda rest, scope: float(rest[0]),
    ".": lambda rest, scope: scope.current_answer,
    "$": lambda rest, scope: scope.values(rest[0]),
    "@": lambda rest, scope: scope.column(rest[0]),
    "and": lambda rest, scope: evaluate_boolean(rest[0], scope) and evaluate_boolean(rest[1], scope),
    "or": lambda rest, scope: evaluate_boolean(rest[0], scope) or evaluate_boolean(rest[1], scope),
    "if": _if,
    "at": _at,
    "today": lambda rest, scope: scope.today,
    "position": lambda rest, scope: float(scope.position),
    "lookup": lambda rest, scope: scope.lookup(rest[0], rest[1], rest[2], evaluate_text(rest[3], scope)),
    "choice-label": lambda rest, scope: scope.choice_label(rest[1], evaluate_text(rest[0], scope)),
}


def _equal(a: Value, b: Value) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return to_boolean(a) == to_boolean(b)
    if isinstance(a, float) or isinstance(b, float):
        return to_number(a) == to_number(b)
    return to_string(a) == to_string(b)


def _not_equal(a: Value, b: Value) -> bool:
    return not _equal(a, b)


def _divide(a: Value, b: Value) -> float:
    left, right = to_number(a), to_number(b)
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _modulo(a: Value, b: Value) -> float:
    left, right = to_number(a), to_number(b)
    if right == 0 or math.isnan(right) or math.isinf(left) or math.isnan(left):
        return math.nan
    return math.fmod(left, right)


_OPERATORS: dict[str, Callable[..., Value]] = {
    "+": lambda a, b: to_number(a) + to_number(b),
    "-": lambda a, b: to_number(a) - to_number(b),
    "*": lambda a, b: to_number(a) * to_number(b),
    "div": _divide,
    "mod": _modulo,
    "neg": lambda a: -to_number(a),
    "=": _equal,
    "!=": _not_equal,
    "<": lambda a, b: to_number(a) < to_number(b),
    "<=": lambda a, b: to_number(a) <= to_number(b),
    ">": lambda a, b: to_number(a) > to_number(b),
    ">=": lambda a, b: to_number(a) >= to_number(b),
}
