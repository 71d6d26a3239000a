"""The app's files and how long a browser may keep them."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest

from server.settings import Settings
from server.web.app_build import AppBuild
from server.web.assets import AppFiles
from sync.errors import Unavailable
from tests.support.content_folder import write
from tests.support.small_site import APP, running_site


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_the_server_answers_with_the_bytes_that_the_build_compressed(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        for encoding in ("br", "gzip"):
            compressed = (tmp_path / "app" / "compressed" / encoding / "sw.js").read_bytes()
            async with site.client.stream("GET", "/sw.js", headers={"accept-encoding": encoding}) as response:
                assert b"".join([chunk async for chunk in response.aiter_raw()]) == compressed


def test_a_file_that_the_build_did_not_compress_is_refused_at_start(tmp_path: Path) -> None:
    write(tmp_path, APP)
    (tmp_path / "compressed/gzip/app/main.js").unlink()
    with pytest.raises(Unavailable, match="app-not-built"):
        AppFiles(AppBuild.read(tmp_path))


def test_the_build_compresses_what_servers_send() -> None:
    build = AppBuild.read(Settings().app)
    files = AppFiles(build)
    for path in ("/sw.js", "/app/main.js", "/console/assets/console.css"):
        raw = files.respond(path, {}).body
        assert brotli.decompress(files.respond(path, {"accept-encoding": "br"}).body) == raw
        assert gzip.decompress(files.respond(path, {"accept-encoding": "gzip"}).body) == raw
