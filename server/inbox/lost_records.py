"""Lost submissions: acknowledged by this site, then gone with a store that a backup from before replaced.

A phone that asks for an answer shows its receipt. Only this site's key can have signed it, so one for an unknown
submission proves the loss: the journal notes it, and `doctor` names it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.inbox.lookup_cache import NodeCache
from sync.store.contract import Collection, Store, Write
from sync.store.iteration import iterate_records
from sync.submissions.receipts import is_receipt_valid, receipt_from_json

PREFIX = "lost:"


class LostSubmissions:
    def __init__(self, store: Store, node_cache: NodeCache, find_site: Callable[[], str]) -> None:
        self._store = store
        self._node_cache = node_cache
        self._find_site = find_site

    async def note(self, id: str, shown: Any) -> bool:
        """Note a loss if `shown` is this site's receipt, as JSON, for a submission that is neither here nor erased.

        Returns True if it is. Raises Unavailable.
        """
        receipt = receipt_from_json(shown)
        if receipt is None or not await self._is_unknown(id):
            return False
        key = await self._store.get(Collection.EDITIONS, f"key:{receipt.epoch}")
        if key is None or not is_receipt_valid(str(key.body["key"]), self._find_site(), id, receipt):
            return False
        await self._store.write(Collection.JOURNAL, [Write(f"{PREFIX}{id}", {"day": receipt.date})])
        return True

    async def list_ids(self) -> list[str]:
        """Ids of those lost, without those that came back by another road. Raises Unavailable."""
        noted = [
            record.id.removeprefix(PREFIX) async for record in iterate_records(self._store, Collection.JOURNAL, PREFIX)
        ]
        return [id for id in noted if await self._is_unknown(id)]

    async def _is_unknown(self, id: str) -> bool:
        await self._node_cache.ensure_loaded()
        return not self._node_cache.is_erased(id) and not await self._node_cache.find_record_ids([id])
