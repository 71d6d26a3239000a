"""The outcome of the latest writes of a store, for readiness. Kept by each backend where its writes are committed."""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import KunnafoniError, Unavailable
from sync.store.contract import NotDurable, Outcome


class WriteStatus:
    """`failure`: the error of the last write; None after a durable one, and before the first."""

    def __init__(self) -> None:
        self.failure: KunnafoniError | None = None

    def record_success(self) -> None:
        self.failure = None

    def record_failure(self, error: Exception) -> None:
        """Note an error; other errors than Unavailable concern the caller's input."""
        if isinstance(error, Unavailable):
            self.failure = error

    def record_outcomes(self, outcomes: Iterable[Outcome | KunnafoniError]) -> None:
        """Note the outcomes of one request: a failure if one of them is not durable."""
        for outcome in outcomes:
            if isinstance(outcome, NotDurable):
                outcome = not_durable()
            if isinstance(outcome, Unavailable):
                self.failure = outcome
                return
        self.failure = None


def not_durable() -> Unavailable:
    return Unavailable("store-not-sure", "L’enregistrement n’est pas encore sûr. Recommencez dans un instant.")
