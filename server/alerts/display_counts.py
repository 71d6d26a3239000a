"""Counts of alert displays: phones report them without any identifier, and this process sums them before it writes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from sync.errors import BadRequest
from sync.store.contract import Collection, Store, Write
from sync.store.iteration import iterate_records

MAX_PENDING = 10_000  # pairs of alert and language between two writes; limits what invented alerts can occupy
MAX_LANGUAGES = 40  # of one alert's counts; invented ones beyond it are dropped
_ALERT = re.compile(r"[a-z0-9-]{1,60}")
_LANG = re.compile(r"[a-z]{2,3}")


class DisplayCounts:
    """Display counts by alert and language. `node` names this process: each process writes records of its own."""

    def __init__(self, store: Store, node: str) -> None:
        self._store = store
        self._node = node
        self._pending: Counter[tuple[str, str]] = Counter()

    def add(self, value: Any) -> None:
        """Count one display from a body `{"alert", "lang"}`. Raises BadRequest if malformed."""
        alert, lang = (value.get("alert"), value.get("lang")) if isinstance(value, dict) else (None, None)
        if (
            not isinstance(alert, str)
            or not isinstance(lang, str)
            or not _ALERT.fullmatch(alert)
            or not _LANG.fullmatch(lang)
        ):
            raise BadRequest("shown-malformed", "Ce compte ne peut pas être lu.")
        if len(self._pending) < MAX_PENDING:
            self._pending[alert, lang] += 1

    async def flush(self) -> None:
        """Add the pending counts to the stored ones; drop counts of alerts that were never sent.

        Pending counts stay if the store is unavailable. Raises Unavailable.
        """
        if not self._pending:
            return
        new, self._pending = self._pending, Counter()
        try:
            await self._add_to_stored(new)
        except Exception:
            self._pending.update(new)
            raise

    async def _add_to_stored(self, new: Counter[tuple[str, str]]) -> None:
        alerts = {alert for alert, _ in new}
        broadcasts = await self._store.get_many(
            Collection.PUSH, [f"{kind}:{alert}" for alert in alerts for kind in ("sending", "sent")]
        )
        sent_alerts = {id.partition(":")[2] for id in broadcasts}
        records = await self._store.get_many(Collection.PUSH, [self._record_id(alert) for alert in sent_alerts])
        writes = []
        for alert in sorted(sent_alerts):
            record = records.get(self._record_id(alert))
            counts = Counter(record.body["shown"] if record else {})
            for (counted_alert, lang), count in new.items():
                if counted_alert == alert and (lang in counts or len(counts) < MAX_LANGUAGES):
                    counts[lang] += count
            writes.append(
                Write(
                    self._record_id(alert), {"node": self._node, "shown": dict(counts)}, record.rev if record else None
                )
            )
        if writes:
            await self._store.write(Collection.PUSH, writes)

    async def sum_by_language(self, alert: str) -> dict[str, int]:
        """Displays of an alert by language, summed over all nodes."""
        sums: Counter[str] = Counter()
        async for record in iterate_records(self._store, Collection.PUSH, f"shown:{alert}:"):
            sums.update(record.body["shown"])
        return dict(sums)

    def _record_id(self, alert: str) -> str:
        return f"shown:{alert}:{self._node}"
