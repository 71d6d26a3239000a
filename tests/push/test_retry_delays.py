"""The waits between attempts, and Retry-After."""

from __future__ import annotations

from server.push.retry_delays import backoff_delay, parse_retry_after


def test_how_long_to_wait() -> None:
    assert parse_retry_after("120", 0) == 120
    assert parse_retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 10) == 50
    assert parse_retry_after("999999999999", 0) == 3600
    assert parse_retry_after("", 0) is parse_retry_after("soon", 0) is None
    assert [backoff_delay(tries, 0.5) for tries in (1, 2, 3, 20)] == [2, 4, 8, 300]
