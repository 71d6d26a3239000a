"""Times of day in forms: the country's clock, by summer as by winter, and whatever a browser lets people type."""

from __future__ import annotations

import datetime

import pytest

from server.console.components.local_time import find_clock_change, format_local_time, parse_local_time, zone_words
from sync.locale import Translator


@pytest.mark.parametrize(
    ("text", "country", "timestamp"),
    [
        ("2026-11-24T18:00", "ML", "2026-11-24T18:00:00Z"),
        ("2026-11-24T18:00", "TD", "2026-11-24T17:00:00Z"),
        ("2026-07-24T18:00", "FR", "2026-07-24T16:00:00Z"),
        ("2026-11-24T18:00", "FR", "2026-11-24T17:00:00Z"),
        ("2026-11-24T18:00+02:00", "ML", "2026-11-24T16:00:00Z"),
        ("demain", "ML", "demain"),
        ("0001-01-01T00:00", "TD", "0001-01-01T00:00"),
    ],
)
def test_a_typed_time_is_that_of_the_country_unless_it_says_otherwise(text: str, country: str, timestamp: str) -> None:
    assert parse_local_time(text, country) == timestamp


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("2027-03-28T02:30", "FR", "local-time-skipped"),
        ("2026-10-25T02:30", "FR", "local-time-twice"),
        ("2026-10-25T03:00", "FR", ""),
        ("2027-03-28T03:00", "FR", ""),
        ("2026-10-25T02:30+02:00", "FR", ""),
        ("2026-10-25T02:30", "ML", ""),
        ("0001-01-01T00:00", "TD", ""),
        ("demain", "FR", ""),
    ],
)
def test_a_time_that_the_clock_skips_or_shows_twice_names_no_moment(text: str, country: str, code: str) -> None:
    refusal = find_clock_change(text, country)
    assert (refusal.code if refusal else "") == code
    assert (parse_local_time(text, country) == text) == (code != "" or text in ("demain", "0001-01-01T00:00"))


def test_a_time_comes_back_as_it_was_typed() -> None:
    for country in ("ML", "TD", "FR"):
        assert format_local_time(parse_local_time("2026-07-24T18:00", country), country) == "2026-07-24T18:00"
    assert format_local_time("demain", "ML") == ""


def test_the_zone_is_that_of_the_moment_which_it_stands_beside() -> None:
    french = Translator().language_of("fr")
    assert zone_words(french, "ML", datetime.datetime(2026, 7, 1, tzinfo=datetime.UTC)) == "Mali, UTC+00:00"
    assert zone_words(french, "FR", datetime.datetime(2026, 7, 1, tzinfo=datetime.UTC)) == "France, UTC+02:00"
    assert zone_words(french, "FR", datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)) == "France, UTC+01:00"
