"""Records that a job cannot read. Each is judged alone: it is set aside and logged once, and the others go on.

Replication, an older release or a damaged disk may leave anything under any id.
"""

from __future__ import annotations

import logging

from server.supervision.job_state import failure_kind

log = logging.getLogger("kunnafoni.records")

MAX_REMEMBERED = 1000  # records; beyond it the oldest may be logged again


class UnreadableRecords:
    """Records set aside by one service."""

    def __init__(self) -> None:
        self._remembered: dict[tuple[str, str], None] = {}

    def set_aside(self, id: str, rev: str, error: Exception) -> None:
        """Log the record's id and the kind of the error, once for each revision; never its content."""
        if (key := (id, rev)) not in self._remembered:
            self._remembered[key] = None
            log.error("%s cannot be read and is set aside: %s", id, failure_kind(error))
            if len(self._remembered) > MAX_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
