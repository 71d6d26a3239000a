"""The moment in an edition's number, where the clock gave it."""

from __future__ import annotations

import datetime


def format_edition_date(number: int) -> str:
    return datetime.datetime.fromtimestamp(number, datetime.UTC).strftime("%Y-%m-%d %H:%M")
