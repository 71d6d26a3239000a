"""How long to wait before a message is tried again."""

from __future__ import annotations

import email.utils

RETRY_MOST = 3600.0  # seconds that a service may make us wait for one message
FIRST = 2.0  # seconds before the second try; each further one waits twice as long
BACKOFF_MOST = 300.0


def wait_of(retry_after: str, now: float) -> float | None:
    """Seconds that a Retry-After asks for, a number or a date; None when it asks for nothing that can be read."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(min(int(retry_after[:9]), RETRY_MOST))
    try:
        moment = email.utils.parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, TypeError, OverflowError):  # a service may write any number
        return None
    return min(max(0.0, moment - now), RETRY_MOST)


def backoff(tries: int, random: float) -> float:
    """Seconds before the next try after `tries` of them; `random` from 0 to 1 spreads those that failed together."""
    return min(FIRST * 2.0 ** min(tries - 1, 20), BACKOFF_MOST) * (0.75 + random / 2)
