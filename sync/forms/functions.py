"""The functions of expressions (PROTOCOL.md, section 8), each over evaluated arguments.

Used by sync/forms/evaluation.py. Twin: pwa/src/protocol/functions.ts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from sync.forms.answer_conversions import to_date_answer
from sync.forms.conversions import (
    Value,
    day_of,
    days_of,
    seconds_of,
    time_of,
    to_boolean,
    to_number,
    to_string,
)
from sync.forms.regex_subset import matches

_BLANK_RUN = re.compile(r"[ \t\r\n]+")
_POWERS_OF_TEN = (1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0, 1000000.0)


def _all_values(value: Value) -> list[str]:
    return value if isinstance(value, list) else [to_string(value)]


def _split_names(value: Value) -> list[str]:
    return [word for word in _BLANK_RUN.split(to_string(value)) if word]


def _coalesce(a: Value, b: Value) -> str:
    return to_string(a) or to_string(b)


def _selected(value: Value, name: Value) -> bool:
    return to_string(name).strip(" \t\r\n") in _split_names(value)


def _selected_at(value: Value, place: Value) -> str:
    words, number = _split_names(value), to_number(place)
    return words[int(number)] if 0 <= number < len(words) else ""


def _concat(*values: Value) -> str:
    return "".join(text for value in values for text in _all_values(value))


def _join(between: Value, *values: Value) -> str:
    return to_string(between).join(text for value in values for text in _all_values(value))


def _substr(value: Value, start: Value, end: Value | None = None) -> str:
    text = to_string(value)
    first = _clamp_index(to_number(start), len(text))
    last = len(text) if end is None else _clamp_index(to_number(end), len(text))
    return text[first:last] if first < last else ""


def _clamp_index(number: float, length: int) -> int:
    if math.isnan(number):
        return 0
    whole = math.trunc(max(-1e9, min(1e9, number)))
    return max(0, whole + length) if whole < 0 else min(whole, length)


def _substring_before(value: Value, mark: Value) -> str:
    before, separator, _ = to_string(value).partition(to_string(mark)) if to_string(mark) else ("", "", "")
    return before if separator else ""


def _substring_after(value: Value, mark: Value) -> str:
    if not to_string(mark):
        return to_string(value)
    return to_string(value).partition(to_string(mark))[2]


def _translate(value: Value, old: Value, new: Value) -> str:
    before, after = to_string(old), to_string(new)
    table: dict[str, str] = {}
    for index, sign in enumerate(before):
        table.setdefault(sign, after[index : index + 1])
    return "".join(table.get(sign, sign) for sign in to_string(value))


def _normalize(value: Value) -> str:
    return _BLANK_RUN.sub(" ", to_string(value)).strip(" ")


def _round_with(number: float, rounding: Callable[[float], int]) -> float:
    return float(rounding(number)) if math.isfinite(number) else number


def _round_half_up(number: float) -> float:
    if not math.isfinite(number):
        return number
    below = math.floor(number)
    return float(below + 1 if number - below >= 0.5 else below)


def _round(value: Value, places: Value = 0.0) -> float:
    number, digits_wanted = to_number(value), to_number(places)
    if math.isnan(digits_wanted):
        return math.nan
    digits = max(-6, min(6, math.trunc(max(-9.0, min(9.0, digits_wanted)))))
    if digits >= 0:
        return _round_half_up(number * _POWERS_OF_TEN[digits]) / _POWERS_OF_TEN[digits]
    return _round_half_up(number / _POWERS_OF_TEN[-digits]) * _POWERS_OF_TEN[-digits]


def _sqrt(value: Value) -> float:
    number = to_number(value)
    return math.sqrt(number) if number >= 0 else math.nan


def _pow(value: Value, power: Value) -> float:
    number, result = to_number(value), 1.0
    for _ in range(int(to_number(power))):
        result *= number
    return result


def _numbers(*values: Value) -> list[float]:
    return [to_number(text) for value in values for text in _all_values(value)]


def _sum(value: Value) -> float:
    total = 0.0
    for number in _numbers(value):
        total += number
    return total


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    def find(*values: Value) -> float:
        numbers = _numbers(*values)
        return math.nan if not numbers or any(map(math.isnan, numbers)) else choose(numbers)

    return find


def _decimal_time(value: Value) -> float:
    text = to_string(value)
    if day_of(text):
        return seconds_of(text[11:]) / 86400
    return time_of(text)


def _format_date(value: Value, pattern: Value) -> str:
    text = to_date_answer(value) if isinstance(value, float) else to_string(value)
    day = day_of(text)
    if day is None:
        return ""
    time = text[11:] or "00:00"
    parts = {
        "Y": f"{day.year:04}",
        "y": f"{day.year % 100:02}",
        "m": f"{day.month:02}",
        "n": str(day.month),
        "d": f"{day.day:02}",
        "e": str(day.day),
        "H": time[:2],
        "h": str(int(time[:2])),
        "M": time[3:5],
        "S": time[6:8] or "00",
        "%": "%",
    }
    return re.sub("%(.)", lambda match: parts[match[1]], to_string(pattern))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "coalesce": _coalesce,
    "true": lambda: True,
    "false": lambda: False,
    "not": lambda a: not to_boolean(a),
    "boolean": to_boolean,
    "boolean-from-string": lambda a: to_string(a) in ("true", "1"),
    "selected": _selected,
    "count-selected": lambda a: float(len(_split_names(a))),
    "selected-at": _selected_at,
    "string": to_string,
    "concat": _concat,
    "join": _join,
    "string-length": lambda a: float(len(to_string(a))),
    "substr": _substr,
    "substring-before": _substring_before,
    "substring-after": _substring_after,
    "contains": lambda a, b: to_string(b) in to_string(a),
    "starts-with": lambda a, b: to_string(a).startswith(to_string(b)),
    "ends-with": lambda a, b: to_string(a).endswith(to_string(b)),
    "translate": _translate,
    "normalize-space": _normalize,
    "regex": lambda a, pattern: matches(to_string(pattern), to_string(a)),
    "number": to_number,
    "int": lambda a: _round_with(to_number(a), math.trunc),
    "round": _round,
    "floor": lambda a: _round_with(to_number(a), math.floor),
    "ceiling": lambda a: _round_with(to_number(a), math.ceil),
    "abs": lambda a: abs(to_number(a)),
    "sqrt": _sqrt,
    "pow": _pow,
    "sum": _sum,
    "count": lambda a: float(len(_all_values(a))),
    "count-non-empty": lambda a: float(sum(text != "" for text in _all_values(a))),
    "min": _extreme(min),
    "max": _extreme(max),
    "date": to_date_answer,
    "decimal-date-time": lambda a: days_of(to_date_answer(a)) if isinstance(a, float) else days_of(to_string(a)),
    "decimal-time": _decimal_time,
    "format-date": _format_date,
    "format-date-time": _format_date,
}
