"""Small values in addresses and form fields: read without trusting their length or their digits. Used by views."""

from __future__ import annotations

import datetime

from sync.errors import BadRequest


def parse_number(text: str, maximum: int) -> int | None:
    """A number from 0 to `maximum`, in ASCII digits; None for anything else.

    `str.isdigit` also accepts `²`, which `int` refuses, and `int` refuses thousands of digits after reading them all.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(maximum))):
        return None
    value = int(text)
    return value if value <= maximum else None


def parse_day(text: str) -> datetime.date:
    """An ISO date. Raises BadRequest."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        hint = "Écrivez AAAA-MM-JJ, par exemple 2026-11-24."
        raise BadRequest("date-form", "Cette date n’existe pas.", hint) from None
