"""Recent use by sender in constant memory: a count-min sketch (Cormode and Muthukrishnan, 2005) whose counts decay.

A sender is a keyed hash, so many senders share each count and no list of senders exists. The key is this process's own
and never leaves it; a count is forgotten within minutes. Two senders share all counts by chance once in four million.
"""

from __future__ import annotations

import math
import secrets
from array import array
from collections.abc import Callable
from hashlib import blake2b

ROWS = 2
COLUMNS = 2048


class UsageSketch:
    """Decaying counts. `clock` returns seconds; a count falls to a third within `memory` seconds."""

    def __init__(self, clock: Callable[[], float], memory: float) -> None:
        self._clock = clock
        self.memory = memory
        self._key = secrets.token_bytes(16)
        self._counts = array("d", bytes(8 * ROWS * COLUMNS))
        self._updated_at = array("d", bytes(8 * ROWS * COLUMNS))

    def estimate(self, sender: str) -> float:
        """Recent use of a sender; never less than the truth."""
        now = self._clock()
        return min(self._decayed(place, now) for place in self._places(sender))

    def add(self, sender: str, amount: float = 1) -> None:
        now = self._clock()
        for place in self._places(sender):
            self._counts[place] = self._decayed(place, now) + amount
            self._updated_at[place] = now

    def _decayed(self, place: int, now: float) -> float:
        return self._counts[place] * math.exp((self._updated_at[place] - now) / self.memory)

    def _places(self, sender: str) -> list[int]:
        hashed = blake2b(sender.encode(), key=self._key, digest_size=2 * ROWS).digest()
        return [row * COLUMNS + int.from_bytes(hashed[2 * row : 2 * row + 2], "big") % COLUMNS for row in range(ROWS)]
