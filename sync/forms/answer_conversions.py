"""The answer that a question of each type takes from the value of an expression, as text (PROTOCOL.md, section 8).

Used by the table of question types: filling, finishing and checking a form share this one definition. "" means that
the question has no answer: NaN and infinities, and whatever its type cannot hold. Twin:
pwa/src/protocol/answer-conversions.ts.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from sync.canonical import LARGEST_INTEGER
from sync.forms.conversions import (
    SECONDS_PER_DAY,
    Value,
    date_text,
    day_of,
    number_text,
    time_of,
    to_number,
    to_string,
)

MAX_TEXT_LENGTH = 10_000
MAX_DECIMAL_LENGTH = 17


def to_text_answer(value: Value) -> str:
    """The first 10,000 characters of a text."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return to_string(value)[:MAX_TEXT_LENGTH]


def to_integer_answer(value: Value) -> str:
    """The number without its fraction; none beyond what every JSON reader keeps exactly."""
    number = to_number(value)
    return str(int(number)) if abs(number) <= LARGEST_INTEGER else ""


def to_decimal_answer(value: Value) -> str:
    number = to_number(value)
    return shorten_decimal(number_text(number)) if math.isfinite(number) else ""


def shorten_decimal(text: str) -> str:
    """The decimal number rounded to what 17 characters hold, halves away from zero; "" if its whole part is longer.

    `text`: `-?digits[.digits]`.
    """
    with localcontext(Context(prec=400)):  # more digits than any double has
        number = Decimal(text)
        whole = len(str(abs(int(number)))) + (number < 0)
        places = max(0, MAX_DECIMAL_LENGTH - whole - 1)
        rounded = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    if "." in rounded:
        rounded = rounded.rstrip("0").removesuffix(".")
    if rounded == "-0":
        return "0"
    return rounded if len(rounded) <= MAX_DECIMAL_LENGTH else ""


def to_date_answer(value: Value) -> str:
    if isinstance(value, float):
        return date_text(value)
    day = day_of(to_string(value))
    return day.isoformat() if day else date_text(to_number(value))


def to_time_answer(value: Value) -> str:
    """The hour and minute of a time or of a date with time; a number names no time of day."""
    text = "" if isinstance(value, float) else to_string(value)
    time = text[11:] if day_of(text) else text
    return time[:5] if not math.isnan(time_of(time)) else ""


def to_datetime_answer(value: Value) -> str:
    """The date and minute. A date alone begins at midnight; a number counts days since 1970-01-01."""
    text = "" if isinstance(value, float) else to_string(value)
    day = day_of(text)
    if day:
        return f"{day.isoformat()}T{text[11:16] or '00:00'}"
    number = to_number(value)
    if not math.isfinite(number) or not math.isnan(time_of(text)):
        return ""
    days, seconds = divmod(math.floor(number * SECONDS_PER_DAY + 0.5), SECONDS_PER_DAY)
    date = date_text(float(days))
    return f"{date}T{seconds // 3600:02}:{seconds // 60 % 60:02}" if date else ""
