"""The addresses that a supervisor asks: alive, and ready."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio


async def test_health_says_up_and_ready(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        assert (await site.client.get("/healthz")).text == "ok\n"
        assert (await site.client.get("/readyz")).json() == {
            "ready": True,
            "channels": site.services.current_editions.channels,
        }
