"""The current edition of each channel in memory: the newest whose pages are all in the store.

Follows the store: an edition from another process or from replication is served once all of it has arrived.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import anyio

from server.supervision.unreadable_records import UnreadableRecords
from server.web.app_state import HasApp
from sync.editions.archive import Archive, Freshness
from sync.editions.feed import Edition
from sync.editions.page import SHELL
from sync.errors import NotFound, Unavailable
from sync.forms.form_pages import find_form
from sync.store.contract import Collection, Store
from sync.store.following import Follower
from sync.store.iteration import iterate_records

log = logging.getLogger("kunnafoni.shelf")

POLL_INTERVAL = 30.0  # seconds between checks when the store signals no change


@dataclass(frozen=True)
class CurrentEdition:
    """A channel's head: the edition, its bodies by digest, and the latest freshness statement."""

    edition: Edition
    bodies: dict[str, str] = field(repr=False)
    freshness: Freshness | None

    @cached_property
    def shell(self) -> str:
        return self.bodies[self.paths[SHELL]]

    @cached_property
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
        self._unreadable = UnreadableRecords()
        self._awaited_pages: dict[str, str] = {}  # by edition that is not wholly here, one page that it lacks
        self.follower = Follower(store, Collection.EDITIONS, self._handle_changes)

    @property
    def load_count(self) -> int:
        """Number of loads so far; `wait_for_newer` waits for the next one."""
        return self._load_count

    @property
    def channels(self) -> list[str]:
        return sorted(self._by_channel)

    def default_channel(self, lang: str) -> str:
        """The channel whose shell `/` uses, in `lang` if possible. Raises Unavailable before the first publication."""
        channels = self.channels
        if not channels:
            raise Unavailable("nothing-published", "Rien n’est encore publié ici.", "Revenez dans un moment.")
        candidates = [channel for channel in channels if channel.startswith(f"{lang}-")]
        return next((channel for channel in candidates if channel.endswith("-ML")), (candidates or channels)[0])

    def get(self, channel: str) -> CurrentEdition:
        """The current edition of a channel. Raises NotFound."""
        try:
            return self._by_channel[channel]
        except KeyError:
            raise NotFound(
                "channel-unknown", "Cette adresse n’existe pas sur ce site.", "Choisissez une langue."
            ) from None

    def find(self, channel: str) -> CurrentEdition | None:
        """The current edition of a channel; None while none is wholly here."""
        return self._by_channel.get(channel)

    async def find_edition(self, id: str) -> Edition | None:
        for current in self._by_channel.values():
            if current.edition.id == id:
                return current.edition
        return await self._archive.edition(id)

    async def find_previous(self, edition: Edition) -> Edition | None:
        """The edition before this one in its channel, which up-to-date phones have; None for the first."""
        older = [
            id
            for number, id in await self._archive.history(edition.statement.channel)
            if number < edition.statement.number
        ]
        return await self._archive.edition(older[-1]) if older else None

    async def load_bodies(self, digests: Iterable[str]) -> dict[str, str]:
        """Bodies by digest, from memory or from the store; missing ones are left out."""
        names = set(digests)
        bodies = {name: self._bodies[name] for name in names if name in self._bodies}
        return bodies | (await self._archive.bodies(names - bodies.keys()) if names - bodies.keys() else {})

    async def load_page(self, channel: str, path: str) -> str | None:
        """The body of a channel's page, also of one that stands apart: a part of a form, by the form's page."""
        current = self.get(channel)
        body = current.body(path)
        parent, _, number = path.rpartition("/")
        if body is not None or not re.fullmatch("[0-9]+", number):
            return body
        form = find_form(parent, current.body(parent) or "")
        name = form.part_apart(int(number)) if form else ""
        return (await self.load_bodies([name])).get(name) if name else None

    async def load(self) -> None:
        """Load every complete head; a channel whose new head is incomplete or invalid keeps its current edition."""
        async for record in iterate_records(self._store, Collection.EDITIONS, "head:"):
            try:
                await self._load_channel(record.id.partition(":")[2], record.body["edition"])
            except Unavailable:
                raise
            except Exception as error:
                self._unreadable.set_aside(record.id, record.rev, error)
        needed = {entry.digest for current in self._by_channel.values() for entry in current.edition.manifest.entries}
        self._bodies = {name: body for name, body in self._bodies.items() if name in needed}
        self._load_count += 1
        self._load_event.set()
        self._load_event = anyio.Event()

    async def _load_channel(self, channel: str, id: str) -> None:
        current = self._by_channel.get(channel)
        freshness = await self._archive.freshness(channel)
        freshness = freshness if freshness and freshness.edition == id else None
        if current and current.edition.id == id:
            if freshness != current.freshness:
                self._by_channel[channel] = CurrentEdition(current.edition, current.bodies, freshness)
            return
        loaded = await self._load_whole(id)
        if loaded is None:
            log.info("edition of %s is not wholly here yet", channel)
            loaded = None if current else await self._load_latest_whole(channel)
        if loaded is None or (current and loaded[0].statement.order < current.edition.statement.order):
            return
        edition, bodies = loaded
        self._bodies.update(bodies)
        self._by_channel[channel] = CurrentEdition(edition, bodies, freshness if edition.id == id else None)

    async def _load_whole(self, id: str) -> tuple[Edition, dict[str, str]] | None:
        """The edition and its bodies; None unless all of them are here.

        One that lacked a page is not read again before that page is here.
        """
        if (page := self._awaited_pages.get(id)) and await self._archive.missing([page]):
            return None
        self._awaited_pages.pop(id, None)
        edition = await self._archive.edition(id)
        if edition is None:
            return None
        needed = {entry.digest for entry in edition.manifest.entries}
        bodies = await self.load_bodies(needed)
        if missing := needed - bodies.keys():
            self._awaited_pages[id] = min(missing)
            return None
        return edition, bodies

    async def _load_latest_whole(self, channel: str) -> tuple[Edition, dict[str, str]] | None:
        """The newest edition that is wholly here, for a process that starts while the head is still on its way."""
        for _, id in reversed(await self._archive.history(channel)):
            if loaded := await self._load_whole(id):
                return loaded
        return None

    async def _handle_changes(self, cursor: str | None) -> tuple[str, float]:
        changes = await self._store.changes(Collection.EDITIONS, cursor, limit=10_000)
        if changes.ids or cursor is None:
            await self.load()
        return changes.cursor, POLL_INTERVAL

    async def wait_for_newer(self, load_count: int) -> None:
        """Return once editions were loaded more than `load_count` times."""
        while self._load_count <= load_count:
            await self._load_event.wait()


def current_editions_of(request: HasApp) -> CurrentEditions:
    current_editions: CurrentEditions = request.app.state.current_editions
    return current_editions
