"""Times of day in forms: written and shown in the time zone of the site's first country."""

from __future__ import annotations

import datetime

from sync.alerts.library_with_alerts import Library
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.locale import Language, time_zone_of


def clock_country(library: Library) -> str:
    """Country whose time zone forms use: that of the first channel."""
    return library.site.channels[0].partition("-")[2]


def zone_words(language: Language, country: str, moment: datetime.datetime) -> str:
    """The country of the time zone, with its distance from UTC at `moment`: "Mali, UTC+00:00"."""
    offset = moment.astimezone(time_zone_of(country)).strftime("%z")
    return f"{language.country(country)}, UTC{offset[:3]}:{offset[3:5]}"


def parse_local_time(text: str, country: str) -> str:
    """Timestamp of a `datetime-local` value in the country's time zone; invalid text unchanged, for the check.

    A browser without such fields sends what was typed: an offset that stands in it counts.
    """
    try:
        moment = datetime.datetime.fromisoformat(text)
        return format_timestamp(moment if moment.tzinfo else moment.replace(tzinfo=time_zone_of(country)))
    except (ValueError, OverflowError):  # the first and the last day of the calendar have no other time zone
        return text


def format_local_time(moment: str, country: str) -> str:
    """Value for a `datetime-local` input; "" for an invalid timestamp."""
    try:
        return parse_timestamp(moment).astimezone(time_zone_of(country)).strftime("%Y-%m-%dT%H:%M")
    except (ValueError, OverflowError):
        return ""
