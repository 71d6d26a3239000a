"""A token bucket that senders share fairly: one of them cannot empty it for the others.

A sender may take while its recent use is below a multiple of what is left, as in shared buffers with dynamic thresholds
(Choudhury and Hahne, 1998). A flood therefore stops itself while the bucket still holds hundreds of tokens, which
senders with little use may take. As long as the bucket is full, a town behind one gateway takes as much as it wants.
Nobody is refused for good: clients are told when to try again.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from server.web.usage_sketch import UsageSketch

SHARE = 2.0  # a sender's recent use may be this multiple of the tokens left: alone it leaves a third of the bucket
MEMORY = 60.0  # seconds after which two thirds of a sender's use are forgotten
POSITION_COST = 1 / 200  # of the burst: what each line before it in the same request adds to a line's use
MAX_WAIT = 60  # seconds


class FairBucket:
    """`burst` tokens, refilled at `rate` a second. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float], burst: float, rate: float) -> None:
        self._clock = clock
        self._burst = burst
        self._rate = rate
        self._tokens = burst
        self._updated_at = clock()
        self._usage = UsageSketch(clock, MEMORY)

    def try_take(self, sender: str = "", position: int = 0) -> int:
        """Take a token and return 0, or return the seconds after which to try again.

        `sender`: any text that tells senders apart; "" takes without regard to fairness. `position`: index of the line
        in its request. Later lines need a fuller bucket, so under pressure small requests pass first.
        """
        self._refill()
        if self._tokens < 1:
            return int((1 - self._tokens) / self._rate) + 1
        if sender and (seconds := self._seconds_over_share(sender, position)):
            return seconds
        self._tokens -= 1
        if sender:
            self._usage.add(sender)
        return 0

    def pressure(self) -> float:
        """Share of the bucket that is taken: 0 (calm) to 1 (empty)."""
        self._refill()
        return 1 - self._tokens / self._burst

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._updated_at) * self._rate)
        self._updated_at = now

    def _seconds_over_share(self, sender: str, position: int) -> int:
        use = self._usage.estimate(sender)
        allowed = SHARE * self._tokens - position * POSITION_COST * self._burst
        if use < allowed:
            return 0
        return MAX_WAIT if allowed <= 0 else min(MAX_WAIT, int(MEMORY * math.log(use / allowed)) + 1)
