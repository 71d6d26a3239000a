"""The answers of `/feed`: what a phone asked for, computed once, compressed and kept (sync/PROTOCOL.md, section 4). No HTTP here.

A new phone gets the last edition that was compressed hard, then a delta to the head; hard compression runs in the background.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from anyio import to_thread

from server.reader.current_editions import Held, Shelf
from server.web.compression import Encoding, compress
from server.web.response_cache import ResponseCache
from server.web.state import HasApp
from sync.editions.archive import Freshness
from sync.editions.feed import Edition, Feed, edition_header, needed_digests, write_feed
from sync.editions.manifest import DIGEST
from sync.errors import BadRequest, Gone

ENCODINGS: tuple[Encoding, ...] = ("br", "gzip")  # what answers are made ready in
PAGES_LIMIT = 512
AFTER_LIMIT = 99_999


@dataclass(frozen=True, slots=True)
class Question:
    """What a phone asks: ids are "" when absent."""

    channel: str
    have: str = ""
    to: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` None: nothing new. `lasting`: the same for ever, whoever asks again."""

    body: bytes | None
    encoding: Encoding
    fresh: Freshness | None
    lasting: bool


def read_question(channel: str, have: str, to: str, after: str) -> Question:
    """Raises BadRequest naming the malformed value."""
    for name, value in (("have", have), ("to", to)):
        if value and not DIGEST.fullmatch(value):
            raise BadRequest("feed-bad-id", "La valeur de « {name} » n’est pas un numéro d’édition.", name=name)
    if after and not (after.isascii() and after.isdigit() and int(after) <= AFTER_LIMIT and to):
        raise BadRequest("feed-bad-after", "La valeur de « after » ne peut pas être utilisée.")
    return Question(channel, have, to, int(after or 0))


class Feeds:
    def __init__(self, shelf: Shelf, memory: ResponseCache) -> None:
        self._shelf = shelf
        self._memory = memory
        self._hard: dict[str, Edition] = {}

    async def answer(self, question: Question, encoding: Encoding) -> Answer:
        """Raises NotFound for the channel, Gone for a `to` that is not kept."""
        held = self._shelf.held(question.channel)
        target = await self._target(question, held)
        fresh = held.fresh if target.id == held.edition.id else None
        if question.have == target.id:
            return Answer(None, encoding, fresh, False)
        base = await self._base(question, target)
        if base is None and not question.to and question.channel in self._hard:
            target = self._hard[question.channel]
            fresh = held.fresh if target.id == held.edition.id else None
        inside = None if question.to else fresh
        if question.after:
            feed = await self._feed(target, base)
            body = await to_thread.run_sync(compress, feed.body(None, question.after), encoding)
        else:
            key = self._key(target, base, inside, encoding)
            body = await self._memory.get(key, lambda: self._make(target, base, inside, encoding, hard=False))
        return Answer(body, encoding, fresh, bool(question.to))

    async def harden(self, channel: str) -> None:
        """Compress the head's whole feed hard for new phones, and only then hand it to them; the same for phones up to date until now."""
        held = self._shelf.held(channel)
        before = await self._shelf.before(held.edition)
        for encoding in ENCODINGS if before else ():
            key = self._key(held.edition, before, held.fresh, encoding)
            if not self._memory.has((*key, "hard")):
                body = await self._make(held.edition, before, held.fresh, encoding, hard=True)
                self._memory.put((*key, "hard"), b"")
                self._memory.put(key, body)
        for encoding in ENCODINGS:
            inside = held.fresh
            for word in (inside, None):
                key = (*self._key(held.edition, None, word, encoding), "hard")
                if not self._memory.has(key):
                    body = await self._make(held.edition, None, word, encoding, hard=True)
                    self._memory.put(key, body)
                    self._memory.put(self._key(held.edition, None, word, encoding), body)
        self._hard[channel] = held.edition

    async def manifest(self, question: Question, encoding: Encoding) -> Answer:
        held = self._shelf.held(question.channel)
        target = await self._target(question, held)
        value = edition_header(target) | {"manifest": list(target.manifest.texts)}
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        return Answer(await to_thread.run_sync(compress, body, encoding), encoding, None, bool(question.to))

    async def pages(self, digests: Sequence[object], encoding: Encoding) -> bytes:
        """Lines in the asked order. Raises BadRequest for too many or malformed digests."""
        names = [name for name in digests if isinstance(name, str) and DIGEST.fullmatch(name)]
        if len(digests) > PAGES_LIMIT or len(names) < len(digests):
            raise BadRequest("feed-bad-pages", "La liste des pages demandées ne peut pas être lue.")
        bodies = await self._shelf.bodies(names)
        lines = [
            json.dumps({"body": bodies[name]} if name in bodies else None, ensure_ascii=False) + "\n" for name in names
        ]
        return await to_thread.run_sync(compress, "".join(lines).encode(), encoding)

    async def _target(self, question: Question, held: Held) -> Edition:
        target = await self._shelf.edition(question.to) if question.to else held.edition
        if target is None or target.statement.channel != question.channel:
            raise Gone("edition-gone", "Cette édition n’est plus gardée.", "Demandez la plus récente.")
        return target

    async def _base(self, question: Question, target: Edition) -> Edition | None:
        """The edition the phone has, when a delta can start from it: known here, of this channel, not newer."""
        base = await self._shelf.edition(question.have) if question.have else None
        if base is None or base.statement.channel != question.channel or base.statement.order >= target.statement.order:
            return None
        return base

    async def _feed(self, target: Edition, base: Edition | None) -> Feed:
        bodies = await self._shelf.bodies(needed_digests(target, base))
        try:
            return await to_thread.run_sync(write_feed, target, base, bodies)
        except KeyError as error:
            raise Gone("edition-gone", "Cette édition n’est plus gardée.", "Demandez la plus récente.") from error

    async def _make(
        self, target: Edition, base: Edition | None, fresh: Freshness | None, encoding: Encoding, hard: bool
    ) -> bytes:
        feed = await self._feed(target, base)
        body = feed.body((fresh.date, fresh.signature) if fresh else None)
        return await to_thread.run_sync(compress, body, encoding, hard)

    @staticmethod
    def _key(target: Edition, base: Edition | None, fresh: Freshness | None, encoding: str) -> tuple[str, ...]:
        return ("feed", target.id, base.id if base else "", fresh.date if fresh else "", encoding)


def feeds_of(request: HasApp) -> Feeds:
    feeds: Feeds = request.app.state.feeds
    return feeds
