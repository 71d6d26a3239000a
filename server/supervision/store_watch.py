"""The watch over the store while a process serves: every part is there, and the last write did not fail for good."""

from __future__ import annotations

import anyio

from sync.errors import Unavailable
from sync.store.contract import Store
from sync.store.identity import check_parts, require_whole

CHECK_INTERVAL = 10.0  # seconds
CHECK_TIMEOUT = 15.0  # seconds: readiness must soon know of a store that hangs


class StoreWatch:
    """`identity`: that of the store when it was opened; "" for one that carries none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.identity = ""

    async def turn(self) -> float:
        """Check once; return the seconds until the next turn. Creates nothing. Raises Unavailable.

        A failed write is tried again without a record: a process that is not ready receives none.
        """
        with anyio.move_on_after(CHECK_TIMEOUT) as scope:
            await self._check()
        if scope.cancelled_caught:
            raise Unavailable("store-silent", "Le magasin de données ne répond pas.", "Réessayez dans un instant.")
        return CHECK_INTERVAL

    async def _check(self) -> None:
        if self.identity:
            check_parts(await self._store.identities(), self.identity)
        else:
            await require_whole(self._store, "")
        if self._store.write_failure:
            await self._store.probe_writes()
