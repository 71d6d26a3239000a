"""The record in which a submission lies: `submission:{run}:{id}`, a run being some dozens that one process took one after another.

An id is a digest: records named by it alone lie all over a database's tree, and CouchDB then takes twice as long for each. Within a run
they lie side by side. The run's own name is random, so that a record's name tells no time and no order.

Whoever has heard of a submission keeps to the name it has. Two nodes, or two processes in the same half second, may give it two: then
the name that sorts first is kept, and the other record goes once the kept one is as durable (`server/inbox/lookup_cache.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from sys import intern

PREFIX = "submission:"
RUN_LENGTH = 64  # names: with what two cores take at once, more gain nothing, and fewer would tell who came together


def submission_id_of(record_id: str) -> str:
    """The submission that a record of the room `feedback` is about: its own, or one beside it (`received:{id}:hq`, `answer:{id}`)."""
    return record_id.rpartition(":")[2] if record_id.startswith(PREFIX) else record_id.split(":")[1]


class RecordIds:
    """What one process knows of them. About 150 bytes for each."""

    def __init__(self, random_run: Callable[[], str] = lambda: secrets.token_hex(3)) -> None:
        self._random = random_run
        self._runs: dict[str, str] = {}
        self._run = ""
        self._remaining = 0

    def find(self, id: str) -> str | None:
        run = self._runs.get(id)
        return None if run is None else _record_id(run, id)

    def assign(self, id: str) -> str:
        """The name it has, or from now on."""
        if id not in self._runs:
            if self._remaining == 0:
                self._run, self._remaining = intern(self._random()), RUN_LENGTH
            self._remaining -= 1
            self._runs[id] = self._run
        return _record_id(self._runs[id], id)

    def learn(self, record_ids: Iterable[str]) -> dict[str, str]:
        """What the store holds. Those that are not kept, each with the name that is."""
        doubles: dict[str, str] = {}
        for name in record_ids:
            if name.startswith(PREFIX):
                run, _, id = name.removeprefix(PREFIX).rpartition(":")
                kept = self._runs.get(id, run)
                self._runs[id] = intern(min(kept, run))
                if kept != run:
                    doubles[_record_id(max(kept, run), id)] = _record_id(min(kept, run), id)
        return doubles


def _record_id(run: str, id: str) -> str:
    return f"{PREFIX}{run}:{id}" if run else f"{PREFIX}{id}"  # before there were runs
