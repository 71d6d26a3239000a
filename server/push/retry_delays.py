"""Delays before a retry: the push service's Retry-After, or exponential back-off with jitter."""

from __future__ import annotations

import email.utils

MAX_RETRY_AFTER = 3600.0  # seconds that a service may delay one message
FIRST_DELAY = 2.0  # seconds before the second try, doubled for each further one
MAX_BACKOFF = 300.0  # seconds


def parse_retry_after(retry_after: str, now: float) -> float | None:
    """Seconds of a Retry-After header, which holds a number or a date; None if it is absent or malformed."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(min(int(retry_after[:9]), MAX_RETRY_AFTER))
    try:
        timestamp = email.utils.parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, TypeError, OverflowError):  # the header may hold anything
        return None
    return min(max(0.0, timestamp - now), MAX_RETRY_AFTER)


def backoff_delay(tries: int, random: float) -> float:
    """Seconds before the next try after `tries` failures; `random`, from 0 to 1, adds jitter."""
    return min(FIRST_DELAY * 2.0 ** min(tries - 1, 20), MAX_BACKOFF) * (0.75 + random / 2)
