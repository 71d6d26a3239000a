"""How long to wait before a message is tried again."""

from __future__ import annotations

import email.utils

MAX_RETRY_AFTER = 3600.0  # seconds that a service may make us wait for one message
FIRST_DELAY = 2.0  # seconds before the second try; each further one waits twice as long
MAX_BACKOFF = 300.0


def parse_retry_after(retry_after: str, now: float) -> float | None:
    """Seconds that a Retry-After asks for, a number or a date; None when it asks for nothing that can be read."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(min(int(retry_after[:9]), MAX_RETRY_AFTER))
    try:
        moment = email.utils.parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, TypeError, OverflowError):  # a service may write any number
        return None
    return min(max(0.0, moment - now), MAX_RETRY_AFTER)


def backoff_delay(tries: int, random: float) -> float:
    """Seconds before the next try after `tries` of them; `random` from 0 to 1 spreads those that failed together."""
    return min(FIRST_DELAY * 2.0 ** min(tries - 1, 20), MAX_BACKOFF) * (0.75 + random / 2)
