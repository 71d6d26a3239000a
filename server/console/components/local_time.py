"""Times of day, written and shown in the time zone of the site's first country."""

from __future__ import annotations

import datetime

from sync.alerts.library_with_alerts import Library
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.errors import Refused
from sync.locale import Language, time_zone_of


def clock_country(library: Library) -> str:
    """Country whose time zone forms use: that of the first channel."""
    return library.site.channels[0].partition("-")[2]


def time_words(language: Language, moment: str, library: Library) -> str:
    """Date and hour of an ISO timestamp by the site's clocks; "" for none."""
    return language.local_time(datetime.datetime.fromisoformat(moment), clock_country(library)) if moment else ""


def zone_words(language: Language, country: str, moment: datetime.datetime) -> str:
    """The country of the time zone, with its distance from UTC at `moment`: "Mali, UTC+00:00"."""
    offset = moment.astimezone(time_zone_of(country)).strftime("%z")
    return f"{language.country(country)}, UTC{offset[:3]}:{offset[3:5]}"


def parse_local_time(text: str, country: str) -> str:
    """Timestamp of a `datetime-local` value in the country's time zone; invalid text unchanged, for the check.

    A browser without such fields sends what was typed: an offset that stands in it counts. A time that the country's
    clock shows twice on that day, or never, is invalid.
    """
    if find_clock_change(text, country):
        return text
    try:
        moment = datetime.datetime.fromisoformat(text)
        return format_timestamp(moment if moment.tzinfo else moment.replace(tzinfo=time_zone_of(country)))
    except (ValueError, OverflowError):  # the first and the last day of the calendar have no other time zone
        return text


def find_clock_change(text: str, country: str) -> Refused | None:
    """The reason why a typed time names no moment: the country's clock is put forward or back then."""
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo:
            return None
        first = moment.replace(tzinfo=time_zone_of(country))
        second = first.replace(fold=1)
        if first.utcoffset() == second.utcoffset():
            return None
        is_shown = first.astimezone(datetime.UTC).astimezone(first.tzinfo).replace(tzinfo=None) == moment
    except (ValueError, OverflowError):
        return None
    if is_shown:
        return Refused(
            "local-time-twice",
            "L’horloge du pays recule ce jour-là, et cette heure existe deux fois.",
            "Choisissez une heure avant ou après.",
        )
    return Refused(
        "local-time-skipped",
        "L’horloge du pays avance ce jour-là, et cette heure n’existe pas.",
        "Choisissez une heure avant ou après.",
    )


def format_local_time(moment: str, country: str) -> str:
    """Value for a `datetime-local` input; "" for an invalid timestamp."""
    try:
        return parse_timestamp(moment).astimezone(time_zone_of(country)).strftime("%Y-%m-%dT%H:%M")
    except (ValueError, OverflowError):
        return ""
