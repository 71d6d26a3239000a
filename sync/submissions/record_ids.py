"""Record ids of submissions: `submission:{run}:{id}`, where a run is up to 64 submissions received by one process.

Submission ids are digests: record ids made of them alone are scattered over a database's B-tree, and CouchDB then takes
twice as long for each write. Ids of a run are adjacent. The name of a run is random, so that a record id reveals
neither time nor order.

The first record id that a process learns for a submission is reused. Two nodes, or two processes within half a second,
may assign different ones: then the id that sorts first is kept, and the other record is deleted once the kept one is as
durable (`server/inbox/lookup_cache.py`).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from sys import intern

PREFIX = "submission:"
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
RUN_LENGTH = 64  # ids: more gain nothing on two cores, fewer would reveal which submissions arrived together


def submission_id_of(record_id: str) -> str:
    """Submission id of a record in the collection `feedback`: its own or a related one (`received:{id}:hq`).

    A record id that another machine made up may give any text, "" included.
    """
    return record_id.rpartition(":")[2] if record_id.startswith(PREFIX) else (record_id + ":").split(":")[1]


def is_submission_id(text: str) -> bool:
    """True for text that can be a submission's id: a digest."""
    return _DIGEST.fullmatch(text) is not None


class RecordIds:
    """The record ids known to one process, about 150 bytes each."""

    def __init__(self, random_run: Callable[[], str] = lambda: secrets.token_hex(3)) -> None:
        self._random = random_run
        self._runs: dict[str, str] = {}
        self._run = ""
        self._remaining = 0

    def find(self, id: str) -> str | None:
        run = self._runs.get(id)
        return None if run is None else _record_id(run, id)

    def assign(self, id: str) -> str:
        """The known record id of a submission, or a new one."""
        if id not in self._runs:
            if self._remaining == 0:
                self._run, self._remaining = intern(self._random()), RUN_LENGTH
            self._remaining -= 1
            self._runs[id] = self._run
        return _record_id(self._runs[id], id)

    def choose(self, record_id: str) -> None:
        """Use this record id for its submission from now on: the one in use turned out to contain something else."""
        run, _, id = record_id.removeprefix(PREFIX).rpartition(":")
        self._runs[id] = intern(run)

    def learn(self, record_ids: Iterable[str]) -> dict[str, str]:
        """Remember record ids of the store. Returns the duplicates, each with the record id to keep."""
        duplicates: dict[str, str] = {}
        for record_id in record_ids:
            if record_id.startswith(PREFIX):
                run, _, id = record_id.removeprefix(PREFIX).rpartition(":")
                other = self._runs.get(id, run)
                self._runs[id] = intern(min(other, run))
                if other != run:
                    duplicates[_record_id(max(other, run), id)] = _record_id(min(other, run), id)
        return duplicates


def _record_id(run: str, id: str) -> str:
    return f"{PREFIX}{run}:{id}" if run else f"{PREFIX}{id}"  # without a run: stored by an older version
