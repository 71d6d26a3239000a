"""Conversions between the numbers, dates and texts of expressions (PROTOCOL.md, section 8).

Dates have no zone: they are those of the person's calendar. Twin: pwa/src/protocol/conversions.ts.
"""

from __future__ import annotations

import datetime
import math
import re
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = str | float | bool | list[str]
"""A list holds the values of a question, one for each instance."""

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE_TIME = re.compile(r"([1-9][0-9]{3}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_BLANKS = " \t\r\n"
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_FIRST, _LAST = datetime.date(1000, 1, 1).toordinal(), datetime.date.max.toordinal()
SECONDS_PER_DAY = 86400


def to_string(value: Value) -> str:
    if isinstance(value, list):
        return value[0] if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return number_text(value)


def number_text(value: float) -> str:
    """The shortest decimal digits that parse to the same number, never with an exponent."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return f"{Decimal(repr(value + 0.0)):f}".removesuffix(".0")  # adding 0.0 makes -0 a plain 0


def to_number(value: Value) -> float:
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    text = to_string(value).strip(_BLANKS)
    if _NUMBER.fullmatch(text):
        return float(text)
    days = days_of(text)
    if not math.isnan(days):
        return days
    return time_of(text)


def to_boolean(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return to_string(value) != ""


def day_of(text: str) -> datetime.date | None:
    """The calendar day of a date or of a date with time; None for any other text."""
    match = _DATE_TIME.fullmatch(text)
    if match is None or (match[2] and math.isnan(time_of(match[2]))):
        return None
    try:
        return datetime.date.fromisoformat(match[1])
    except ValueError:
        return None


def days_of(text: str) -> float:
    """Days since 1970-01-01, the time as their fraction; NaN if the text is no date."""
    day = day_of(text)
    if day is None:
        return math.nan
    seconds = seconds_of(text[11:]) if len(text) > 10 else 0
    whole = day.toordinal() - _EPOCH
    return float(whole) if not seconds else (whole * SECONDS_PER_DAY + seconds) / SECONDS_PER_DAY


def time_of(text: str) -> float:
    """The time as a fraction of a day; NaN if the text is no time."""
    return seconds_of(text) / SECONDS_PER_DAY if _TIME.fullmatch(text) else math.nan


def seconds_of(text: str) -> int:
    match = _TIME.fullmatch(text)
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0) if match else 0


def date_text(days: float) -> str:
    """The date that is `days` after 1970-01-01; "" outside the years 1000 to 9999."""
    if math.isnan(days) or math.isinf(days):
        return ""
    ordinal = math.floor(days) + _EPOCH
    return datetime.date.fromordinal(ordinal).isoformat() if _FIRST <= ordinal <= _LAST else ""
