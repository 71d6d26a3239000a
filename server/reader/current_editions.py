"""What this process hands to readers: for each channel the newest edition whose every page is here, kept ready in memory.

The shelf follows the store: an edition announced by another process, or by replication, is on the shelf as soon as all of it has arrived.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from server.web.app_state import HasApp
from sync.editions.archive import Archive, Freshness
from sync.editions.feed import Edition
from sync.editions.page import SHELL
from sync.errors import KunnafoniError, NotFound, Unavailable
from sync.store.contract import Collection, Store
from sync.store.following import follow
from sync.store.iteration import iterate_records

log = logging.getLogger("kunnafoni.shelf")

POLL_INTERVAL = 30.0  # seconds between looks when the store gives no sign
RETRY_DELAY = 2.0  # seconds after a store that did not answer


@dataclass(frozen=True, slots=True)
class CurrentEdition:
    """A channel's head as it is handed out: the edition, every body by digest, the publisher's latest word on it."""

    edition: Edition
    bodies: dict[str, str] = field(repr=False)
    freshness: Freshness | None

    @property
    def shell(self) -> str:
        return self.bodies[self.paths[SHELL]]

    @property
    def paths(self) -> dict[str, str]:
        return self.edition.manifest.by_path()

    def body(self, path: str) -> str | None:
        name = self.paths.get(path)
        return self.bodies[name] if name else None


class CurrentEditions:
    def __init__(self, store: Store, archive: Archive) -> None:
        self._store = store
        self._archive = archive
        self._by_channel: dict[str, CurrentEdition] = {}
        self._bodies: dict[str, str] = {}
        self._load_count = 0
        self._load_event = anyio.Event()

    @property
    def load_count(self) -> int:
        """How many times the shelf was loaded: what `newer` waits past."""
        return self._load_count

    @property
    def channels(self) -> list[str]:
        return sorted(self._by_channel)

    def default_channel(self, lang: str) -> str:
        """The channel whose frame `/` wears, in the site's language if there is one. Raises Unavailable before the first publication."""
        channels = self.channels
        if not channels:
            raise Unavailable("nothing-published", "Rien n’est encore publié ici.", "Revenez dans un moment.")
        wanted = [channel for channel in channels if channel.startswith(f"{lang}-")]
        return next((channel for channel in wanted if channel.endswith("-ML")), (wanted or channels)[0])

    def get(self, channel: str) -> CurrentEdition:
        """Raises NotFound for a channel this site does not have."""
        try:
            return self._by_channel[channel]
        except KeyError:
            raise NotFound(
                "channel-unknown", "Cette adresse n’existe pas sur ce site.", "Choisissez une langue."
            ) from None

    async def find_edition(self, id: str) -> Edition | None:
        for held in self._by_channel.values():
            if held.edition.id == id:
                return held.edition
        return await self._archive.edition(id)

    async def find_previous(self, edition: Edition) -> Edition | None:
        """The edition of the same channel that phones have which are up to date but for this one."""
        older = [
            id
            for number, id in await self._archive.history(edition.statement.channel)
            if number < edition.statement.number
        ]
        return await self._archive.edition(older[-1]) if older else None

    async def load_bodies(self, digests: Iterable[str]) -> dict[str, str]:
        """Bodies by digest, from memory or from the store; what is nowhere is left out."""
        wanted = set(digests)
        here = {name: self._bodies[name] for name in wanted if name in self._bodies}
        return here | (await self._archive.bodies(wanted - here.keys()) if wanted - here.keys() else {})

    async def load(self) -> None:
        """Take every head that is wholly here; keep what was held where the new one is not."""
        async for record in iterate_records(self._store, Collection.EDITIONS, "head:"):
            await self._load_channel(record.id.partition(":")[2], record.body["edition"])
        needed = {entry.digest for held in self._by_channel.values() for entry in held.edition.manifest.entries}
        self._bodies = {name: body for name, body in self._bodies.items() if name in needed}
        self._load_count += 1
        self._load_event.set()
        self._load_event = anyio.Event()

    async def _load_channel(self, channel: str, id: str) -> None:
        held = self._by_channel.get(channel)
        fresh = await self._archive.freshness(channel)
        fresh = fresh if fresh and fresh.edition == id else None
        if held and held.edition.id == id:
            if fresh != held.freshness:
                self._by_channel[channel] = CurrentEdition(held.edition, held.bodies, fresh)
            return
        edition = await self._archive.edition(id)
        if edition is None or (held and edition.statement.order < held.edition.statement.order):
            return
        wanted = {entry.digest for entry in edition.manifest.entries}
        bodies = await self.load_bodies(wanted)
        if len(bodies) < len(wanted):
            log.info("edition of %s is not wholly here yet", channel)
            return
        self._bodies.update(bodies)
        self._by_channel[channel] = CurrentEdition(edition, bodies, fresh)

    async def follow(self) -> None:
        """Stay up to date until cancelled; a store that does not answer is asked again."""
        await follow(self._store, Collection.EDITIONS, self._turn, retry_delay=RETRY_DELAY, on_error=_warn)

    async def _turn(self, cursor: str | None) -> tuple[str, float]:
        changes = await self._store.changes(Collection.EDITIONS, cursor, limit=10_000)
        if changes.ids:
            await self.load()
        return changes.cursor, POLL_INTERVAL

    async def wait_for_newer(self, load_count: int) -> None:
        """Return when the shelf was loaded more than `loads` times."""
        while self._load_count <= load_count:
            await self._load_event.wait()

    @asynccontextmanager
    async def follow_changes(self) -> AsyncIterator[None]:
        await self.load()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.follow)
            yield
            tasks.cancel_scope.cancel()


def current_editions_of(request: HasApp) -> CurrentEditions:
    current_editions: CurrentEditions = request.app.state.current_editions
    return current_editions


def _warn(error: KunnafoniError) -> None:
    log.warning("store: %s", error.code)
