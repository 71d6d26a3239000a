"""What handlers and commands are given: the store and everything made of it. Built once, by the composition root."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from server.accounts.people import People
from server.alerts.service import AlertOffice
from server.inbox.service import Desk
from server.inbox.submission_index import Index
from server.media.convert import Converter
from server.media.media_store import Media
from server.push.endpoint_policy import Guard
from server.reader.current_editions import Shelf
from server.reader.feeds import Feeds
from server.reader.search import Searcher
from server.settings import Settings
from server.web.assets import AppFiles
from server.web.response_cache import Memory
from server.writing.drafts import Drafts
from server.writing.workspace import Shelves
from sync.editions.archive import Archive
from sync.editions.publishing import Keys
from sync.errors import Unavailable
from sync.locale import Translator
from sync.rendering.render import Assets
from sync.store.contract import Store

Clock = Callable[[], datetime.datetime]

_POLICY = re.compile(r'<meta http-equiv="?Content-Security-Policy"? content="([^"]*)"')
FRAMES = ";frame-ancestors 'none'"  # a meta element cannot say it


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass
class Services:
    settings: Settings
    store: Store
    translator: Translator
    app_files: AppFiles
    clock: Clock = utc_now
    memory: Memory = field(default_factory=Memory)
    keys: Keys | None = None  # what this process signs with; None: it does not publish
    push_guard: Guard | None = None

    def __post_init__(self) -> None:
        self.assets = Assets(self.app_files.css, self.app_files.scripts, self.translator)
        self.archive = Archive(self.store)
        self.shelf = Shelf(self.store, self.archive)
        self.feeds = Feeds(self.shelf, self.memory)
        self.searcher = Searcher(self.translator)
        self.people = People(self.store, self.clock)
        self.desk = Desk(self.settings, self.store, self.shelf, self.clock)
        self.index = Index(self.store, self.desk.registry.known_name)
        self.desk.registry.changed.append(self.index.changed)
        self.shelves = Shelves(self.store)
        self.drafts = Drafts(self.store, self.clock)
        self.alerts = AlertOffice(self.settings, self.store, self.archive, self.assets, self.clock, self.push_guard)
        self.media = Media(self.store)
        self.converter = Converter()

    def sign_with(self, keys: Keys) -> None:
        """This process publishes, gives receipts and signs alerts with these keys from now on."""
        self.keys = keys
        self.desk.sign_with(keys)
        self.alerts.sign_with(keys)

    @property
    def default_channel(self) -> str:
        """The channel whose frame `/` wears. Raises Unavailable before the first publication."""
        channels = self.shelf.channels
        if not channels:
            raise Unavailable("nothing-published", "Rien n’est encore publié ici.", "Revenez dans un moment.")
        wanted = [channel for channel in channels if channel.startswith(f"{self.settings.lang}-")]
        return next((channel for channel in wanted if channel.endswith("-ML")), (wanted or channels)[0])

    @staticmethod
    def policy(shell: str) -> str:
        """The shell's own content security policy, as a header."""
        found = _POLICY.search(shell)
        return (html.unescape(found[1]) if found else "default-src 'none'") + FRAMES
