"""A small site: content, built app and data in a temporary folder, and a clock that moves only when set."""

from __future__ import annotations

import datetime
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.applications import Starlette

from server.app import create_app, create_services
from server.keys.keyring import open_keyring, rotate
from server.publishing.publisher import Publication
from server.services import Services
from server.settings import Settings
from server.web.compression import compress
from sync.content.intake import import_folder
from sync.editions.publishing import SigningKeys
from tests.support.content_folder import GOOD, write
from tests.support.following import following

CSS = "body{margin:0}"
_SOURCES = {
    "assets.json": json.dumps({"css": CSS, "scripts": ["/app/main.js"]}),
    "sw.js": "// the worker\n" + "self.x=1;" * 200,
    "app/main.js": "// the app\n" + "let y=1;" * 200,
    "app/search-ABCD2345.js": "export const z=1",
    "app/icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}
APP: dict[str, str | bytes] = {
    **_SOURCES,
    **{f"compressed/br/{path}": compress(text.encode(), "br", best=True) for path, text in _SOURCES.items()},
    **{f"compressed/gzip/{path}": compress(text.encode(), "gzip", best=True) for path, text in _SOURCES.items()},
}


class Clock:
    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now

    def pass_time(self, **amount: float) -> None:
        self.now += datetime.timedelta(**amount)


@dataclass
class Site:
    services: Services
    keys: SigningKeys
    clock: Clock
    content: Path
    client: httpx.AsyncClient
    app: Starlette

    async def publish(self, files: Mapping[str, str] | None = None, *, prune: bool = False) -> list[Publication]:
        """Write the files, import the folder and publish; the server notices by itself."""
        write(self.content, files or {})
        await import_folder(self.services.store, self.content, prune=prune)
        published = await self.services.publisher.publish(self.keys)
        await self.services.current_editions.load()
        return published


def rotate_keys(site: Site) -> None:
    """Sign with the next key from now on."""
    folder = site.services.settings.keys
    site.keys = site.services.publisher.keys = rotate(folder, (folder / "next-1.pem").read_bytes()).keys


def settings_for(folder: Path, store: str = "") -> Settings:
    return Settings(
        data=folder / "data",
        content=folder / "content",
        app=folder / "app",
        store=store,
        push_contact="mailto:alertes@exemple.ml",
        url="http://site",
    )


@asynccontextmanager
async def running_site(folder: Path, files: Mapping[str, str] = GOOD, store: str = "") -> AsyncIterator[Site]:
    """Import, publish and serve in process; other jobs run only when a test calls them.

    `store`: an address; without one a file in the folder.
    """
    content = write(folder / "content", files)
    write(folder / "app", APP)
    clock = Clock()
    settings = settings_for(folder, store)
    services = create_services(settings, clock=clock)
    await services.store.prepare()
    ring = open_keyring(settings.keys, create=True)
    assert ring
    await import_folder(services.store, content)
    await services.publisher.publish(ring.keys)
    app = create_app(services, ring.keys)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        following(services),
        httpx.AsyncClient(transport=transport, base_url="http://site") as client,
    ):
        yield Site(services, ring.keys, clock, content, client, app)
    await services.store.close()
