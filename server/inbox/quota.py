"""Token buckets that limit submissions: one bucket for the public, one for each device. Clients retry, so none is lost.

There is no limit by IP address: behind an operator's gateway thousands of phones share one, so it would stop a town and
hardly an attacker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PUBLIC_BURST = 2000  # submissions at once, for example after a radio programme
PUBLIC_RATE = 20.0  # tokens a second: 1.7 million submissions a day
DEVICE_BURST = 500  # a facilitator's week, submitted at once
DEVICE_RATE = 0.1  # tokens a second
MAX_BUCKETS = 10_000  # beyond it full buckets are dropped, which changes nothing


@dataclass(slots=True)
class _TokenBucket:
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
        self._public = public
        self._device = device
        self._buckets: dict[str, _TokenBucket] = {}

    def try_take(self, device: str) -> int:
        """Take a token and return 0, or return the seconds until the next one. `device` "": the public."""
        burst, rate = self._device if device else self._public
        now = self._clock()
        bucket = self._buckets.setdefault(device, _TokenBucket(burst, now))
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.updated_at) * rate)
        bucket.updated_at = now
        if bucket.tokens < 1:
            return max(1, int((1 - bucket.tokens) / rate) + 1)
        bucket.tokens -= 1
        if len(self._buckets) > MAX_BUCKETS:
            self._drop_full_buckets(now)
        return 0

    def _drop_full_buckets(self, now: float) -> None:
        def is_full(name: str, bucket: _TokenBucket) -> bool:
            burst, rate = self._device if name else self._public
            return bucket.tokens + (now - bucket.updated_at) * rate >= burst

        self._buckets = {name: bucket for name, bucket in self._buckets.items() if not is_full(name, bucket)}
