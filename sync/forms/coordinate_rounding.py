"""Coordinates rounded to a number of digits after the point, in one notation."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import pairwise

MAX_POINTS = 200  # of a line or an outline


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


def are_rounded_lines(text: str, decimals: int, *, closed: bool) -> bool:
    """True for the rounded points of a line, `"lat lon;lat lon"`, none twice in a row; closed: back at the first."""
    points = text.split(";")
    if not (all(are_rounded(point, decimals) for point in points) and len(points) <= MAX_POINTS):
        return False
    if any(point == following for point, following in pairwise(points)):
        return False
    return len(points) >= 4 and points[0] == points[-1] if closed else len(points) >= 2


def _fixed_digits(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded or abs(rounded):f}"
