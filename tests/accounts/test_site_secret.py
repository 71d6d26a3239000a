"""The site's secret: one for all servers, another key for each purpose, never in the keys themselves."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import pytest

from server.accounts.site_secret import RECORD_ID, SiteSecret
from sync.store.contract import Collection
from tests.support.fanout_process import open_push_store

pytestmark = pytest.mark.anyio


async def test_servers_that_start_together_share_one_secret(tmp_path: Path) -> None:
    async with open_push_store(tmp_path) as store:
        servers = [SiteSecret(store, secrets.token_bytes) for _ in range(4)]
        keys = await asyncio.gather(*(server.derive_key("a") for server in servers))
        assert len(set(keys)) == 1
        assert await servers[0].derive_key("b") != keys[0]
        record = await store.get(Collection.PEOPLE, RECORD_ID)
        assert record and set(record.body) == {"secret"}
