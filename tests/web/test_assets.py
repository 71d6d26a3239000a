"""The app's files and how long a browser may keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio


async def test_app_files_are_asked_for_again_unless_their_name_carries_their_content(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        main = await site.client.get("/app/main.js")
        assert main.headers["cache-control"] == "no-cache"
        assert (
            await site.client.get("/app/main.js", headers={"if-none-match": main.headers["etag"]})
        ).status_code == 304
        assert "immutable" in (await site.client.get("/app/search-ABCD2345.js")).headers["cache-control"]
        assert (await site.client.get("/app/assets.json")).status_code == 404
        assert (await site.client.get("/app/../assets.json")).status_code == 404
