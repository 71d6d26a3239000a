"""How often alerts were shown: phones say so without any identifier, and this process adds it up before it writes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from sync.errors import BadRequest
from sync.store.contract import Collection, Store, Write
from sync.store.iteration import iterate_records

MAX_PENDING = 10_000  # kinds of count between two writes: what nobody sent is dropped there
_ALERT = re.compile(r"[a-z0-9-]{1,60}")
_LANG = re.compile(r"[a-z]{2,3}")


class DisplayCounts:
    """`node`: names this process in the records, so that no two count in the same one."""

    def __init__(self, store: Store, node: str) -> None:
        self._store = store
        self._node = node
        self._pending: Counter[tuple[str, str]] = Counter()

    def add(self, value: Any) -> None:
        """`{"alert", "lang"}`. Raises BadRequest for anything else."""
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
        """Add what came since the last time to what is kept; counts of alerts that were never sent are dropped."""
        if not self._pending:
            return
        new, self._pending = self._pending, Counter()
        alerts = {alert for alert, _ in new}
        known = await self._store.get_many(
            Collection.PUSH, [f"{kind}:{alert}" for alert in alerts for kind in ("sending", "sent")]
        )
        real = {id.partition(":")[2] for id in known}
        held = await self._store.get_many(Collection.PUSH, [self._record_id(alert) for alert in real])
        writes = []
        for alert in sorted(real):
            record = held.get(self._record_id(alert))
            counts = Counter(record.body["shown"] if record else {})
            counts.update({lang: count for (one, lang), count in new.items() if one == alert})
            writes.append(
                Write(
                    self._record_id(alert), {"node": self._node, "shown": dict(counts)}, record.rev if record else None
                )
            )
        if writes:
            await self._store.write(Collection.PUSH, writes)

    async def sum_by_language(self, alert: str) -> dict[str, int]:
        """By language, of all nodes."""
        sums: Counter[str] = Counter()
        async for record in iterate_records(self._store, Collection.PUSH, f"shown:{alert}:"):
            sums.update(record.body["shown"])
        return dict(sums)

    def _record_id(self, alert: str) -> str:
        return f"shown:{alert}:{self._node}"
