"""The notices of the current editions, as other machines read them: behind `/notices.json`, `/notices.atom` and the
data in each notice's page. Read again only when editions were loaded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import anyio

from server.reader.current_editions import CurrentEditions
from server.web.app_state import HasApp
from sync.content.published_notices import load_published_notices
from sync.content.schemas import from_fields
from sync.documents.model import Notice, Site
from sync.errors import BadContent
from sync.json_text import escape_for_script
from sync.locale import Language, Translator
from sync.notices.claim_review import CONTEXT, ReviewedNotice, claim_review
from sync.store.contract import Collection, Store

PREFIX = "notices/"
METHOD_PATH = "checking"


@dataclass(frozen=True, slots=True)
class NoticesSnapshot:
    """`site`: as it stands in the store. `by_page`: notices by channel and path of their page."""

    site: Site = field(default_factory=Site)
    by_page: dict[tuple[str, str], Notice] = field(default_factory=dict)
    channels_with_method: frozenset[str] = frozenset()


@dataclass
class PublishedNotices:
    store: Store
    current_editions: CurrentEditions
    translator: Translator
    site_url: str
    _snapshot: NoticesSnapshot = field(default_factory=NoticesSnapshot)
    _load_count: int = -1
    _page_data: dict[tuple[str, str], str] = field(default_factory=dict)  # of pages that were asked for
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    def language_of(self, code: str) -> Language:
        return self.translator.language_of(code)

    async def load(self) -> NoticesSnapshot:
        async with self._lock:
            load_count = self.current_editions.load_count
            if load_count != self._load_count:
                self._snapshot = await self._read()
                self._page_data = {}
                self._load_count = load_count
            return self._snapshot

    async def list(self) -> list[ReviewedNotice]:
        """Each notice once for each language that it is written in, in the first channel of the site that shows it."""
        snapshot = await self.load()
        channels = list(dict.fromkeys((*snapshot.site.channels, *self.current_editions.channels)))
        chosen: dict[tuple[str, str], ReviewedNotice] = {}
        for (channel, path), notice in sorted(
            snapshot.by_page.items(), key=lambda item: (not _is_own(item[0][0], item[1]), channels.index(item[0][0]))
        ):
            chosen.setdefault((notice.slug, notice.lang), self._reviewed(snapshot, channel, path, notice))
        return [chosen[key] for key in sorted(chosen)]

    async def page_data(self, channel: str, path: str) -> str:
        """The ClaimReview of a notice's page as a script element of data; "" for every other page."""
        if not path.startswith(PREFIX):
            return ""
        snapshot = await self.load()
        notice = snapshot.by_page.get((channel, path))
        if notice is None:
            return ""
        if (channel, path) not in self._page_data:
            self._page_data[channel, path] = self._write_data(snapshot, channel, path, notice)
        return self._page_data[channel, path]

    def _write_data(self, snapshot: NoticesSnapshot, channel: str, path: str, notice: Notice) -> str:
        reviewed = self._reviewed(snapshot, channel, path, notice)
        review = {"@context": CONTEXT, **claim_review(reviewed, snapshot.site, self.language_of(notice.lang))}
        text = escape_for_script(json.dumps(review, ensure_ascii=False, separators=(",", ":")))
        return f"<script type=application/ld+json>{text}</script>"

    def _reviewed(self, snapshot: NoticesSnapshot, channel: str, path: str, notice: Notice) -> ReviewedNotice:
        has_method = channel in snapshot.channels_with_method
        method_url = f"{self.site_url}/{channel}/{METHOD_PATH}" if has_method else ""
        return ReviewedNotice(notice, f"{self.site_url}/{channel}/{path}", method_url)

    async def _read(self) -> NoticesSnapshot:
        digests: dict[tuple[str, str], str] = {}
        with_method: set[str] = set()
        for channel in self.current_editions.channels:
            paths = self.current_editions.get(channel).paths
            digests |= {(channel, path): digest for path, digest in paths.items() if path.startswith(PREFIX)}
            with_method |= {channel} if METHOD_PATH in paths else set()
        notices = await load_published_notices(self.store, set(digests.values()))
        by_page = {  # the slug is the page's: a renamed notice has the same body, so the same digest
            (channel, path): replace(notices[digest], slug=path.removeprefix(PREFIX))
            for (channel, path), digest in digests.items()
            if digest in notices
        }
        return NoticesSnapshot(await self._read_site(), by_page, frozenset(with_method))

    async def _read_site(self) -> Site:
        record = await self.store.get(Collection.CONTENT, "site")
        try:
            site = from_fields("site", record.body["fields"], "site") if record else None
        except (BadContent, KeyError):
            site = None
        return site if isinstance(site, Site) else Site()


def _is_own(channel: str, notice: Notice) -> bool:
    """True if the channel's language is the notice's, false for a fallback."""
    return channel.partition("-")[0] == notice.lang


def published_notices_of(request: HasApp) -> PublishedNotices:
    published_notices: PublishedNotices = request.app.state.published_notices
    return published_notices
