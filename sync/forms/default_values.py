"""Answers as people write them in a table (a default), read into answers of PROTOCOL.md, section 9."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sync.forms.conversions import day_of, number_text, to_number
from sync.forms.coordinates import round_coordinates

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class InvalidDefault(ValueError):
    pass


def parse_default(kind: str, text: str, choice_names: Sequence[str], decimals: int) -> Any:
    """The answer; `names`: of the choices. Raises BadValue."""
    if kind == "integer":
        if not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
            raise InvalidDefault
        return int(text)
    if kind == "decimal":
        number = to_number(text)
        if not re.fullmatch(r"-?\d{1,12}(\.\d{1,8})?", text, re.ASCII):
            raise InvalidDefault
        return number_text(number)
    if kind == "date":
        return _require(text, len(text) == 10 and day_of(text) is not None)
    if kind == "time":
        return _require(text[:5], bool(_TIME.fullmatch(text[:5])))
    if kind == "datetime":
        return _require(text[:16], day_of(text) is not None and len(text) >= 16)
    if kind == "select_one":
        return _require(text, text in choice_names)
    if kind == "select_multiple":
        chosen = text.split()
        return (
            [name for name in choice_names if name in chosen]
            if set(chosen) <= set(choice_names)
            else _require("", False)
        )
    if kind == "geopoint":
        parts = text.split()
        return round_coordinates(parts[0], parts[1], decimals) if len(parts) >= 2 else _require("", False)
    return text


def _require(value: str, good: bool) -> str:
    if not good:
        raise InvalidDefault
    return value
