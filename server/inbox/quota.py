"""Quotas of submissions: one bucket for the public, shared fairly, and one for each device.

Clients retry, so a quota loses nothing. No address is refused, stored or logged. Behind an operator's gateway thousands
of phones share one, so a limit by address would stop a town and hardly an attacker. Fairness costs them nothing while
the public bucket is full: see `server/web/fair_bucket.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.web.fair_bucket import FairBucket

PUBLIC_BURST = 2000  # submissions at once, for example after a radio programme
PUBLIC_RATE = 20.0  # tokens a second: 1.7 million submissions a day
DEVICE_BURST = 500  # a facilitator's week, submitted at once
DEVICE_RATE = 0.1  # tokens a second
MAX_BUCKETS = 10_000  # beyond it full buckets are dropped, which changes nothing


@dataclass(slots=True)
class _DeviceBucket:
    tokens: float
    updated_at: float


class Quota:
    """Buckets as pairs of burst and tokens a second. `clock` returns seconds."""

    def __init__(
        self,
        clock: Callable[[], float],
        public: tuple[float, float] = (PUBLIC_BURST, PUBLIC_RATE),
        device: tuple[float, float] = (DEVICE_BURST, DEVICE_RATE),
    ) -> None:
        self._clock = clock
        self._public = FairBucket(clock, *public)
        self._device = device
        self._buckets: dict[str, _DeviceBucket] = {}

    def try_take(self, device: str, sender: str = "", position: int = 0) -> int:
        """Take a token and return 0, or return the seconds until the next try. `device` "": the public.

        `sender` and `position` as in `FairBucket.try_take`; they do not matter for a device.
        """
        if not device:
            return self._public.try_take(sender, position)
        burst, rate = self._device
        now = self._clock()
        bucket = self._buckets.setdefault(device, _DeviceBucket(burst, now))
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.updated_at) * rate)
        bucket.updated_at = now
        if bucket.tokens < 1:
            return max(1, int((1 - bucket.tokens) / rate) + 1)
        bucket.tokens -= 1
        if len(self._buckets) > MAX_BUCKETS:
            self._drop_full_buckets(now)
        return 0

    def pressure(self) -> float:
        """Share of the public bucket that is taken: 0 (calm) to 1 (empty)."""
        return self._public.pressure()

    def _drop_full_buckets(self, now: float) -> None:
        burst, rate = self._device
        self._buckets = {
            name: bucket
            for name, bucket in self._buckets.items()
            if bucket.tokens + (now - bucket.updated_at) * rate < burst
        }
