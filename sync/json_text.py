"""JSON from outside, read as ECMAScript's `JSON.parse` reads it (PROTOCOL.md, section 1).

Phones and servers must agree about every text. Python's own reader takes NaN, UTF-16 and a byte-order mark, tells
`1.0` from `1`, and fails with RecursionError on deep nesting. Used wherever bytes of others are parsed, and where JSON
is written into a page.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from sync.canonical import LARGEST_INTEGER

_EXACT_DIGITS = 16  # characters of a number that may be read as an integer before its range is known


def parse_json(raw: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError for any other text, bytes outside UTF-8 included.

    A number is an `int` if it is whole and at most 2^53 - 1, however it is written, else a `float`.
    """
    try:
        return _DECODER.decode(raw.decode() if isinstance(raw, bytes) else raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parse_storable_json(raw: bytes) -> Any:
    """The value of a JSON text that a store can keep and a page can show.

    Raises ValueError also for lone surrogates (`"\\ud800"`) and for numbers beyond the largest float.
    """
    value = parse_json(raw)
    _ENCODER.encode(value).encode()
    return value


def escape_for_script(text: str) -> str:
    """The same JSON as it can stand inside a script element, whatever words it holds."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _parse_integer(text: str) -> int | float:
    return _whole(int(text)) if len(text) <= _EXACT_DIGITS else _parse_number(text)


def _parse_number(text: str) -> int | float:
    return _whole(float(text))


def _whole(number: float) -> int | float:
    return int(number) if abs(number) <= LARGEST_INTEGER and number == int(number) else float(number)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_float=_parse_number, parse_int=_parse_integer, parse_constant=_refuse_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
