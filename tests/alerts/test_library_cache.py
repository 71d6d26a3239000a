"""The cached library: read once, read again after a change of its own documents, and never old."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from server.alerts.library_cache import LibraryCache
from sync.alerts.library_with_alerts import Library
from sync.store.contract import Collection, Write
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio


async def test_the_library_is_read_again_only_after_a_change_of_its_own(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        loads = 0

        async def load() -> Library:
            nonlocal loads
            loads += 1
            return await site.services.alerts.load_library()

        cache, store = LibraryCache(site.services.store, load), site.services.store
        for _ in range(3):
            assert (await cache.get()).site.id == "essai"
        assert loads == 1
        await store.write(Collection.CONTENT, [Write("guide:autre:fr", {"kind": "guide", "fields": {}})])
        await cache.get()
        assert loads == 1
        record = await store.get(Collection.CONTENT, "site")
        assert record
        fields = {**record.body["fields"], "id": "autre"}
        await store.write(Collection.CONTENT, [Write("site", {**record.body, "fields": fields}, record.rev)])
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(cache.get)
        assert (await cache.get()).site.id == "autre"
        assert loads == 2
