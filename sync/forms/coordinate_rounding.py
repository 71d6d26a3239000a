"""Coordinates rounded to a number of digits after the point, in one notation."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation


def round_coordinates(latitude: str, longitude: str, decimals: int) -> str:
    """The rounded point as `"lat lon"`. Raises ValueError if it is no point on Earth."""
    try:
        pair = [Decimal(latitude), Decimal(longitude)]
    except InvalidOperation:
        raise ValueError("not a coordinate") from None
    if not (abs(pair[0]) <= 90 and abs(pair[1]) <= 180):
        raise ValueError("not on Earth")
    return " ".join(_fixed_digits(value, decimals) for value in pair)


def are_rounded(text: str, decimals: int) -> bool:
    number = rf"-?(?:0|[1-9][0-9]{{0,2}})\.[0-9]{{{decimals}}}" if decimals else r"-?(?:0|[1-9][0-9]{0,2})"
    match = re.fullmatch(rf"({number}) ({number})", text, re.ASCII)
    return bool(match) and abs(Decimal(match[1])) <= 90 and abs(Decimal(match[2])) <= 180  # type: ignore[index]


def _fixed_digits(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded or abs(rounded):f}"
