"""Dates of editions: an edition's number is its time of publication in Unix seconds."""

from __future__ import annotations

import datetime


def format_edition_date(number: int) -> str:
    """UTC date and time, as YYYY-MM-DD HH:MM."""
    return datetime.datetime.fromtimestamp(number, datetime.UTC).strftime("%Y-%m-%d %H:%M")
