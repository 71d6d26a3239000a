"""Counts of refused requests, so that strangers cannot fill the journal: one entry an hour at most for each kind.

In this process's memory. Used by the audit log, which writes what is due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

WRITE_INTERVAL = 3600.0  # seconds between two entries of one kind
MAX_KINDS = 200  # beyond it only codes are told apart


@dataclass(frozen=True, slots=True)
class RefusalKind:
    """`actor`: an account's name, or "". `target`: what was refused; callers take it from a fixed list."""

    actor: str
    target: str
    code: str


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """`since`: time of the first refusal that is counted."""

    kind: RefusalKind
    count: int
    since: str


class RefusalCounts:
    """`clock` returns seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pending: dict[RefusalKind, RefusalCount] = {}
        self._written_at: dict[RefusalKind, float] = {}

    def add(self, kind: RefusalKind, timestamp: str, count: int = 1) -> None:
        if kind not in self._pending and len(self._pending.keys() | self._written_at.keys()) >= MAX_KINDS:
            kind = RefusalKind("", "", kind.code)
        earlier = self._pending.get(kind)
        self._pending[kind] = RefusalCount(
            kind, count + (earlier.count if earlier else 0), min(timestamp, earlier.since) if earlier else timestamp
        )

    def take_due(self) -> list[RefusalCount]:
        """Counts of the kinds that were not written within the last WRITE_INTERVAL; they count as written now."""
        now = self._clock()
        self._written_at = {kind: at for kind, at in self._written_at.items() if now - at < WRITE_INTERVAL}
        return self._take([kind for kind in self._pending if kind not in self._written_at])

    def take_all(self) -> list[RefusalCount]:
        """All counts, for the end of the process."""
        return self._take(list(self._pending))

    def restore(self, counts: list[RefusalCount]) -> None:
        """Count again what could not be written."""
        for refusal in counts:
            self._written_at.pop(refusal.kind, None)
            self.add(refusal.kind, refusal.since, refusal.count)

    def _take(self, kinds: list[RefusalKind]) -> list[RefusalCount]:
        self._written_at |= dict.fromkeys(kinds, self._clock())
        return [self._pending.pop(kind) for kind in kinds]
