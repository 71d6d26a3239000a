"""Weeks from Monday to Sunday, and periods of four weeks on one fixed grid.

Figures are given of weeks that are over and of periods that do not overlap. So two days' figures cannot be subtracted
from each other. A submission belongs to the week in which headquarters received it: no later one enters a week that is
over.
"""

from __future__ import annotations

import datetime

WEEK = datetime.timedelta(days=7)
PERIOD_WEEKS = 4
PERIOD = PERIOD_WEEKS * WEEK
FIRST_PERIOD = datetime.date(2024, 1, 1)  # a Monday


def week_of(day: datetime.date) -> datetime.date:
    """The Monday of the week."""
    return day - datetime.timedelta(days=day.weekday())


def closed_weeks(today: datetime.date, count: int) -> list[datetime.date]:
    """The Mondays of the last `count` weeks that are over, the oldest first."""
    this_week = week_of(today)
    return [this_week - step * WEEK for step in range(count, 0, -1)]


def period_of(day: datetime.date) -> datetime.date:
    """The first Monday of the period of four weeks."""
    weeks = (week_of(day) - FIRST_PERIOD) // WEEK
    return FIRST_PERIOD + (weeks - weeks % PERIOD_WEEKS) * WEEK


def weeks_of_period(period: datetime.date) -> list[datetime.date]:
    return [period + step * WEEK for step in range(PERIOD_WEEKS)]


def last_day_of_period(period: datetime.date) -> datetime.date:
    return period + PERIOD - datetime.timedelta(days=1)


def last_closed_period(today: datetime.date) -> datetime.date:
    return period_of(period_of(today) - WEEK)
