"""Search on the server, for browsers without script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio


async def test_search_without_script_finds_words_without_accents(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        results = await site.client.get("/fr-ML/search", params={"q": "megas"})
        assert "notices/megas" in results.text
        nothing = await site.client.get("/fr-ML/search", params={"q": "<script>zzz"})
        assert nothing.status_code == 200 and "<script>zzz" not in nothing.text
        assert (await site.client.get("/fr-ML/search", params={"q": "compte " * 500})).status_code == 200
