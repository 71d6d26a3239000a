"""The watch over the store while a process serves: every part is there, and the last write did not fail for good."""

from __future__ import annotations

from sync.store.contract import Store
from sync.store.identity import check_parts, require_whole

CHECK_INTERVAL = 10.0  # seconds


class StoreWatch:
    """`identity`: that of the store when it was opened; "" for one that carries none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.identity = ""

    async def turn(self) -> float:
        """Check once; return the seconds until the next turn. Creates nothing. Raises Unavailable.

        A failed write is tried again without a record: a process that is not ready receives none.
        """
        if self.identity:
            check_parts(await self._store.identities(), self.identity)
        else:
            await require_whole(self._store, "")
        if self._store.write_failure:
            await self._store.probe_writes()
        return CHECK_INTERVAL
