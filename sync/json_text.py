"""JSON from outside, in UTF-8 alone, within what a store can keep. Used wherever bytes of others are parsed.

`json.loads` guesses UTF-16 and UTF-32, takes NaN, infinities and lone surrogates (`"\\ud800"`), and fails with
RecursionError on deep nesting. None of these can be written down again.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(raw: bytes | str) -> Any:
    """The value of a JSON text. Raises ValueError for anything that is not JSON in UTF-8, or nested too deep."""
    text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    text.encode("utf-8")  # a lone surrogate has no UTF-8
    try:
        value = _DECODER.decode(text)
        if _SURROGATE.search(text):
            _ENCODER.encode(value).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _parse_finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number beyond the largest float")
    return value


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_parse_finite)
_ENCODER = json.JSONEncoder(ensure_ascii=False)
