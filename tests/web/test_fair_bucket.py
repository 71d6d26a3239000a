"""Fair buckets: a flood stops itself before the bucket is empty, a town behind one gateway passes, waits are honest."""

from __future__ import annotations

import pytest

from server.web.fair_bucket import MAX_WAIT, FairBucket


class Moment:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def take(bucket: FairBucket, sender: str, count: int) -> int:
    """Number of accepted tokens of requests with one line each."""
    return sum(bucket.try_take(sender) == 0 for _ in range(count))


def test_one_sender_cannot_empty_the_bucket_for_the_others() -> None:
    bucket = FairBucket(Moment(), 900, 10)
    assert take(bucket, "flood", 5000) == 600
    assert bucket.pressure() == pytest.approx(600 / 900)
    assert [bucket.try_take(f"phone {number}") for number in range(100)] == [0] * 100
    assert take(bucket, "", 5000) == 200  # nobody in particular takes what is left
    assert bucket.try_take("phone 1") > 0


def test_a_town_behind_one_gateway_is_not_slowed_while_the_bucket_is_full() -> None:
    clock = Moment()
    bucket = FairBucket(clock, 2000, 20)
    assert take(bucket, "gateway", 1300) == 1300  # at once
    for _ in range(600):
        clock.now += 1
        assert take(bucket, "gateway", 10) == 10  # ten a second, for ten minutes


def test_two_floods_get_equal_shares() -> None:
    clock = Moment()
    bucket = FairBucket(clock, 2000, 20)
    taken = {"first": 0, "second": 0}
    for second in range(300):
        clock.now += 1
        for sender, count in (("first", 80), ("second", 30)):
            accepted = take(bucket, sender, count)
            taken[sender] += accepted if second >= 150 else 0
    assert 0.8 < taken["second"] / taken["first"] < 1.25
    assert 2700 < sum(taken.values()) < 3300  # all of the refill, 20 a second, is used


def test_under_pressure_small_requests_pass_before_large_ones() -> None:
    clock = Moment()
    bucket = FairBucket(clock, 2000, 20)

    def post(lines: int) -> int:
        return sum(bucket.try_take("gateway", position) == 0 for position in range(lines))

    for _ in range(40):
        clock.now += 0.3
        post(100)
    assert post(1) == 1
    assert post(100) < 10


def test_the_wait_is_long_enough_and_has_an_end() -> None:
    clock = Moment()
    bucket = FairBucket(clock, 900, 10)
    take(bucket, "flood", 5000)
    seconds = bucket.try_take("flood")
    assert 1 <= seconds <= MAX_WAIT
    clock.now += seconds
    assert bucket.try_take("flood") == 0
    assert bucket.try_take("flood", position=10_000) == MAX_WAIT
