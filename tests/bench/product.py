"""Measures Kunnafoni on the corpus: a real server on a real socket, and a phone in Python that proves what it receives.

The phone's TypeScript twin is tested in pwa/ and tests/browser; here the same questions are asked so that bytes and
time can be counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn

from server.app import create_app, create_services
from server.commands.serve import open_services
from server.commands.site_address import listen
from server.keys.keyring import open_keyring
from server.program import ROOT
from server.services import Services
from server.settings import Settings
from sync.content.intake import import_folder
from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition
from sync.editions.feed_reader import read_feed
from sync.editions.publishing import SigningKeys
from sync.editions.trust import Trust, accept_statement, first_trust
from sync.errors import Refused
from tests.bench.peer import Step
from tests.bench.slow_link import Profile, SlowLink, Traffic, running_link
from tests.support.local_ports import wait_for_port

CHANNEL = "fr-ML"


@dataclass(frozen=True, slots=True)
class Site:
    """A running site with the corpus."""

    services: Services
    keys: SigningKeys
    port: int

    async def publish(self, folder: Path) -> None:
        """Import a folder and publish; returns once new phones get the thoroughly compressed feed."""
        await import_folder(self.services.store, folder, prune=True, dry_run=False)
        await self.services.publisher.publish(self.keys, [CHANNEL])
        await self.services.current_editions.load()
        await self.services.feeds.precompress(CHANNEL)


@asynccontextmanager
async def site(folder: Path, data: Path, port: int = 0) -> AsyncIterator[Site]:
    """The site of a content folder, its store and keys in `data` (empty before)."""
    settings = Settings(data=data, content=folder, app=ROOT / "pwa" / "dist")
    with listen("127.0.0.1", port) as listening:
        async with open_services(create_services(settings)) as services:
            ring = open_keyring(settings.keys, create=True)
            if ring is None:
                raise Refused("no-publisher", "Ce dossier n’a pas de clé.")
            running = Site(services, ring.keys, listening.getsockname()[1])
            config = uvicorn.Config(
                create_app(services, ring.keys), log_config=None, access_log=False, server_header=False, lifespan="on"
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                await wait_for_port(running.port)
                await running.publish(folder)
                yield running
            finally:
                server.should_exit = True
                await serving


@dataclass
class PhoneClient:
    """A phone with at most one edition and its pages, over one persistent connection."""

    client: httpx.AsyncClient
    held: Edition | None = None
    trust: Trust | None = None
    bodies: dict[str, str] = field(default_factory=dict)

    async def warm(self) -> None:
        """Open the connection in advance, as the page being read has done."""
        (await self.client.get("/healthz")).raise_for_status()

    async def pull(self) -> int:
        """One pull by PROTOCOL.md; returns the number of changed pages, 0 if nothing is new."""
        answer = await self.client.get(f"/feed/{CHANNEL}", params={"have": self.held.id} if self.held else {})
        answer.raise_for_status()
        if answer.status_code == httpx.codes.NO_CONTENT:
            return 0
        header: dict[str, str] = {}

        def judge(fields: object) -> Statement:
            assert isinstance(fields, dict)
            header["signature"] = fields["signature"]
            if self.trust is None:
                self.trust, _ = first_trust(fields["key"], fields["statement"], fields["signature"])
            return accept_statement(
                self.trust,
                CHANNEL,
                fields["statement"],
                fields["signature"],
                self.held.statement if self.held else None,
            )

        lines = answer.content.splitlines(keepends=True)
        statement, manifest, bodies = read_feed(lines, judge, self.held, self.bodies.__getitem__)
        self.bodies |= bodies
        assert self.trust
        self.held = Edition(statement, header["signature"], self.trust.key, manifest)
        return len(bodies)


@asynccontextmanager
async def running_phone_client(line: SlowLink) -> AsyncIterator[PhoneClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{line.port}", timeout=120) as client:
        follower = PhoneClient(client)
        await follower.warm()
        line.reset()
        yield follower


@dataclass(frozen=True, slots=True)
class Measured:
    """Traffic of a cold visitor and of a phone that follows the site. `visits`: home, a guide of median length, the
    longest.
    """

    visits: dict[str, Traffic]
    steps: dict[str, Step]


async def measure(corpus: Path, data: Path, profile: Profile | None = None) -> Measured:
    """Cold visits; then first sync, nothing new, a week of edits."""
    async with site(corpus / "v1", data) as running, running_link(running.port, profile) as line:
        visits = {name: await visit(line, page) for name, page in pages_to_visit(corpus).items()}
        steps = {}
        async with running_phone_client(line) as reader:
            for name in ("first", "nothing", "week"):
                if name == "week":
                    await running.publish(corpus / "v2")
                line.reset()
                started = time.monotonic()
                changed = await reader.pull()
                steps[name] = Step(line.reset(), time.monotonic() - started)
                if bool(changed) == (name == "nothing"):
                    raise RuntimeError(f"{changed} pages changed: {name}")
        return Measured(visits, steps)


def pages_to_visit(corpus: Path) -> dict[str, str]:
    """Addresses inside the channel: the home page, the guide of median length, the longest."""
    guides = sorted((corpus / "v1" / "guides").glob("*/fr.md"), key=lambda file: file.stat().st_size)
    middling, longest = (guides[index].parent.name for index in (len(guides) // 2, -1))
    return {"home": "", "middling": f"guides/{middling}", "longest": f"guides/{longest}"}


async def visit(line: SlowLink, page: str) -> Traffic:
    """One page on a new connection."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{line.port}") as client:
        line.reset()
        (await client.get(f"/{CHANNEL}/{page}")).raise_for_status()
        return line.reset()
