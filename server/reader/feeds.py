"""Responses of `/feed` (sync/PROTOCOL.md, section 4), computed once, compressed and cached. No HTTP here.

A new phone receives the latest edition compressed at the best level, then a delta to the head. Compression at the best
level runs in the background.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from anyio import to_thread

from server.reader.current_editions import CurrentEdition, CurrentEditions
from server.reader.feed_compression import compress_lines, load_lines, save_lines
from server.web.app_state import HasApp
from server.web.compression import Encoding, compress
from server.web.fair_queue import FairQueue
from server.web.request_text import parse_number
from server.web.response_cache import ResponseCache
from sync.editions.archive import Freshness
from sync.editions.feed import Edition, Feed, edition_header, needed_digests, resume_feed, write_feed
from sync.editions.manifest import DIGEST
from sync.editions.publishing import RESPONSE_HEAD_BYTES, NewPhoneSize
from sync.errors import BadRequest, Gone
from sync.store.cache_records import CacheRecords

PRECOMPRESSED_ENCODINGS: tuple[Encoding, ...] = ("br", "gzip")  # encodings for `precompress`
MAX_PAGES = 512
MAX_AFTER = 99_999
RESUMED_BYTES = 8 * 1024 * 1024  # of kept answers to broken downloads, per process


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """A phone's request; absent edition ids are ""."""

    channel: str
    have: str = ""
    to: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class FeedResponse:
    """A response to a phone. `body` None: nothing new. `is_immutable`: caches may keep it for ever."""

    body: bytes | None
    encoding: Encoding
    freshness: Freshness | None
    is_immutable: bool


def parse_feed_request(channel: str, have: str, to: str, after: str) -> FeedRequest:
    """Raises BadRequest naming the malformed value."""
    for name, value in (("have", have), ("to", to)):
        if value and not DIGEST.fullmatch(value):
            raise BadRequest("feed-bad-id", "La valeur de « {name} » n’est pas un numéro d’édition.", name=name)
    start = parse_number(after, MAX_AFTER) if after else 0
    if start is None or (after and not to):
        raise BadRequest("feed-bad-after", "La valeur de « after » ne peut pas être utilisée.")
    return FeedRequest(channel, have, to, start)


class FeedService:
    """`queue`: the turns of costly work for anonymous requests. `records`: where compressed feeds are kept."""

    def __init__(
        self, editions: CurrentEditions, cache: ResponseCache, queue: FairQueue, records: CacheRecords
    ) -> None:
        self._editions = editions
        self._records = records
        self._cache = cache
        self._queue = queue
        self._resumed = ResponseCache(RESUMED_BYTES)  # of its own, so that odd requests displace no common answer
        self._precompressed: dict[str, Edition] = {}
        self._sizes: dict[str, NewPhoneSize] = {}

    async def respond(self, request: FeedRequest, encoding: Encoding, sender: str = "") -> FeedResponse:
        """The feed for a request. `sender`: the request's network, for a fair turn when the answer is not kept.

        Raises NotFound for an unknown channel, Gone if edition `to` is no longer kept, Unavailable while too much is
        asked at once.
        """
        current = self._editions.get(request.channel)
        target = await self._find_target(request, current)
        freshness = current.freshness if target.id == current.edition.id else None
        if request.have == target.id:
            return FeedResponse(None, encoding, freshness, False)
        base = await self._find_base(request, target)
        if base is None and not request.to and request.channel in self._precompressed:
            target = self._precompressed[request.channel]
            freshness = current.freshness if target.id == current.edition.id else None
        included = None if request.to else freshness
        key = self._cache_key(target, base, included, encoding)
        if request.after:
            body = await self._resumed.get_or_create(
                (*key, request.after),
                lambda: self._in_turn(sender, lambda: self._encode_rest(target, base, request.after, encoding)),
            )
        else:
            body = await self._cache.get_or_create(
                key,
                lambda: self._in_turn(sender, lambda: self._encode_feed(target, base, included, encoding, best=False)),
            )
        return FeedResponse(body, encoding, freshness, bool(request.to))

    async def precompress(self, channel: str) -> NewPhoneSize | None:
        """Compress the head's feeds at the best level: the whole feed, and the delta for phones with the last edition.

        Until it returns, new phones receive the edition that was compressed before. Returns what a new phone downloads
        from now on; None before the head's freshness is here.
        """
        current = self._editions.get(channel)
        previous = await self._editions.find_previous(current.edition)
        for encoding in PRECOMPRESSED_ENCODINGS if previous else ():
            key = self._cache_key(current.edition, previous, current.freshness, encoding)
            if not self._cache.has((*key, "hard")):
                body = await self._encode_feed(current.edition, previous, current.freshness, encoding, best=True)
                self._cache.put((*key, "hard"), b"")
                self._cache.put(key, body)
        for included in (current.freshness, None):
            key = self._cache_key(current.edition, None, included, "br")
            if not (self._cache.has((*key, "hard")) and self._cache.has(key)):
                bodies = await self._compress_whole(current.edition, included)
                for encoding, body in bodies.items():
                    self._cache.put(self._cache_key(current.edition, None, included, encoding), body)
                self._cache.put((*key, "hard"), b"")
                if included:
                    size = len(bodies["br"]) + RESPONSE_HEAD_BYTES
                    self._sizes[channel] = NewPhoneSize(current.edition.id, size, is_exact=True)
        self._precompressed[channel] = current.edition
        return self._sizes.get(channel) if current.freshness else None

    async def _compress_whole(self, edition: Edition, freshness: Freshness | None) -> dict[Encoding, bytes]:
        """The whole feed in every encoding; the Brotli of its lines is taken from the store if another has made it."""
        channel = edition.statement.channel
        feed = await self._build_feed(edition, None)
        header = feed.encode_header((freshness.date, freshness.signature) if freshness else None)
        lines = b"".join(feed.lines)
        kept = await load_lines(self._records, channel)
        body = await to_thread.run_sync(kept.after, header, lines) if kept and kept.edition == edition.id else None
        if body is None:
            kept = await to_thread.run_sync(compress_lines, edition.id, header, lines)
            body = await to_thread.run_sync(kept.after, header, lines)
            if freshness:
                await save_lines(self._records, channel, kept)
        if body is None:
            body = await to_thread.run_sync(compress, header + lines, "br", True)
        return {"br": body, "gzip": await to_thread.run_sync(compress, header + lines, "gzip", True)}

    async def respond_manifest(self, request: FeedRequest, encoding: Encoding, sender: str = "") -> FeedResponse:
        """The manifest of edition `to`, or of the head. Raises as `respond`."""
        current = self._editions.get(request.channel)

        async def make() -> bytes:
            target = await self._find_target(request, current)
            value = edition_header(target) | {"manifest": list(target.manifest.texts)}
            body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            return await to_thread.run_sync(compress, body, encoding)

        key = ("manifest", request.channel, request.to or current.edition.id, encoding)
        body = await self._cache.get_or_create(key, lambda: self._in_turn(sender, make))
        return FeedResponse(body, encoding, None, bool(request.to))

    async def encode_pages(self, digests: Sequence[object], encoding: Encoding, sender: str = "") -> bytes:
        """Page bodies as lines, in the order of the digests; each is looked up and written once, however often asked.

        Raises BadRequest for too many or malformed digests, Unavailable while too much is asked at once.
        """
        names = [name for name in digests if isinstance(name, str) and DIGEST.fullmatch(name)]
        if len(digests) > MAX_PAGES or len(names) < len(digests):
            raise BadRequest("feed-bad-pages", "La liste des pages demandées ne peut pas être lue.")
        async with self._queue.turn(sender):
            bodies = await self._editions.load_bodies(names)
            return await to_thread.run_sync(_encode_lines, names, bodies, encoding)

    async def _in_turn(self, sender: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        async with self._queue.turn(sender):
            return await make()

    async def _find_target(self, request: FeedRequest, current: CurrentEdition) -> Edition:
        target = await self._editions.find_edition(request.to) if request.to else current.edition
        if target is None or target.statement.channel != request.channel:
            raise Gone("edition-gone", "Cette édition n’est plus gardée.", "Demandez la plus récente.")
        return target

    async def _find_base(self, request: FeedRequest, target: Edition) -> Edition | None:
        """The phone's edition if a delta can start from it: known here, of this channel, older than the target."""
        base = await self._editions.find_edition(request.have) if request.have else None
        if base is None or base.statement.channel != request.channel or base.statement.order >= target.statement.order:
            return None
        return base

    async def _build_feed(self, target: Edition, base: Edition | None) -> Feed:
        bodies = await self._editions.load_bodies(needed_digests(target, base))
        try:
            return await to_thread.run_sync(write_feed, target, base, bodies)
        except KeyError as error:
            raise Gone("edition-gone", "Cette édition n’est plus gardée.", "Demandez la plus récente.") from error

    async def _encode_feed(
        self, target: Edition, base: Edition | None, freshness: Freshness | None, encoding: Encoding, best: bool
    ) -> bytes:
        feed = await self._build_feed(target, base)
        body = feed.encode((freshness.date, freshness.signature) if freshness else None)
        return await to_thread.run_sync(compress, body, encoding, best)

    async def _encode_rest(self, target: Edition, base: Edition | None, after: int, encoding: Encoding) -> bytes:
        """The feed without its first `after` lines; what it is cut from is kept."""
        key = ("uncut", *self._cache_key(target, base, None, "identity"))  # made in a turn only: nobody waits for two
        whole = await self._cache.get_or_create(
            key, lambda: self._encode_feed(target, base, None, "identity", best=False)
        )
        return await to_thread.run_sync(lambda: compress(resume_feed(whole, after), encoding))

    @staticmethod
    def _cache_key(
        target: Edition, base: Edition | None, freshness: Freshness | None, encoding: str
    ) -> tuple[str, ...]:
        return ("feed", target.id, base.id if base else "", freshness.date if freshness else "", encoding)


def _encode_lines(names: Sequence[str], bodies: Mapping[str, str], encoding: Encoding) -> bytes:
    """A line for each name, with the body or null."""
    lines = {
        name: json.dumps({"body": bodies[name]} if name in bodies else None, ensure_ascii=False).encode() + b"\n"
        for name in set(names)
    }
    return compress(b"".join([lines[name] for name in names]), encoding)


def feeds_of(request: HasApp) -> FeedService:
    feeds: FeedService = request.app.state.feeds
    return feeds
