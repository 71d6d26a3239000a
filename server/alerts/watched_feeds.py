"""Feeds of CAP messages that this site watches: records `alert-feed:ID` in the collection `content`.

A coordinator adds a feed and says whose it is. What the last request found is kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.alerts.remote_documents import split_address
from server.supervision.unreadable_records import UnreadableRecords
from sync.alerts.cap_signature import read_certificate
from sync.canonical import digest
from sync.errors import BadRequest, Conflict, NotFound
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

MAX_FEEDS = 50
MAX_NAME_LENGTH = 120
_PREFIX = "alert-feed:"


@dataclass(frozen=True, slots=True)
class WatchedFeed:
    """`name`: whose feed it is. `lang`: language of messages that name none. `certificate`: in PEM, or "".

    `makes_drafts`: a message in force about this site's places becomes a draft at once, which nobody has written yet.
    `etag`, `modified`, `seen`: what the next request is made with, and keys of entries that need not be read again.
    `failing_since`: timestamp, "" after a good request; `error`: code, msgid and values of the last failure.
    """

    id: str
    address: str
    name: str
    lang: str
    certificate: str = ""
    makes_drafts: bool = True
    by: str = ""
    etag: str = ""
    modified: str = ""
    seen: tuple[str, ...] = ()
    failing_since: str = ""
    error: tuple[str, str, Mapping[str, Any]] | None = None
    rev: str | None = field(default=None, compare=False)

    @property
    def body(self) -> dict[str, Any]:
        return {
            "kind": "alert-feed",
            "address": self.address,
            "name": self.name,
            "lang": self.lang,
            "certificate": self.certificate,
            "drafts": self.makes_drafts,
            "by": self.by,
            "etag": self.etag,
            "modified": self.modified,
            "seen": list(self.seen),
            "failing_since": self.failing_since,
            "error": [self.error[0], self.error[1], dict(self.error[2])] if self.error else [],
        }


class WatchedFeeds:
    """The store of watched feeds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unreadable = UnreadableRecords()

    async def all(self) -> list[WatchedFeed]:
        """All feeds that can be read, by name; the others are set aside."""
        feeds = []
        async for record in iterate_records(self._store, Collection.CONTENT, _PREFIX):
            try:
                feeds.append(_from_record(record))
            except Exception as error:
                self._unreadable.set_aside(record.id, record.rev, error)
        return sorted(feeds, key=lambda feed: (feed.name, feed.id))

    async def get(self, id: str) -> WatchedFeed:
        record = await self._store.get(Collection.CONTENT, f"{_PREFIX}{id}")
        if record is None:
            raise NotFound("alert-feed-unknown", "Ce flux n’est plus surveillé.", "Revenez à la liste.")
        return _from_record(record)

    async def add(self, feed: WatchedFeed) -> WatchedFeed:
        """Add a feed under an id made from its address. Raises BadRequest, or Conflict if it is watched already."""
        split_address(feed.address)
        if not feed.name or len(feed.name) > MAX_NAME_LENGTH:
            raise BadRequest(
                "alert-feed-name", "Dites de qui est ce flux, en {most} signes au plus.", most=MAX_NAME_LENGTH
            )
        if feed.certificate:
            read_certificate(feed.certificate)
        if len(await self.all()) >= MAX_FEEDS:
            raise BadRequest("alert-feed-many", "Ce site surveille déjà {most} flux.", most=MAX_FEEDS)
        named = replace(feed, id=digest(feed.address)[:16].replace("_", "-"))
        [outcome] = await self._store.write(Collection.CONTENT, [Write(f"{_PREFIX}{named.id}", named.body)])
        saved = ensure_saved(
            outcome, Conflict("alert-feed-known", "Ce flux est déjà surveillé.", "Revenez à la liste.")
        )
        return replace(named, rev=saved.rev)

    async def save(self, feed: WatchedFeed) -> bool:
        """Save what a request found; False if a person changed or removed the feed meanwhile, which wins."""
        [outcome] = await self._store.write(Collection.CONTENT, [Write(f"{_PREFIX}{feed.id}", feed.body, feed.rev)])
        return not isinstance(outcome, Stale) and bool(ensure_saved(outcome))

    async def delete(self, feed: WatchedFeed) -> None:
        """Raises Conflict if it was changed since it was read."""
        [outcome] = await self._store.write(Collection.CONTENT, [Write(f"{_PREFIX}{feed.id}", None, feed.rev)])
        if not isinstance(outcome, Stale) or outcome.current:
            ensure_saved(outcome)


def _from_record(record: Record) -> WatchedFeed:
    body = record.body
    return WatchedFeed(
        id=record.id.partition(":")[2],
        address=str(body["address"]),
        name=str(body["name"]),
        lang=str(body["lang"]),
        certificate=str(body["certificate"]),
        makes_drafts=bool(body["drafts"]),
        by=str(body["by"]),
        etag=str(body["etag"]),
        modified=str(body["modified"]),
        seen=tuple(map(str, body["seen"])),
        failing_since=str(body["failing_since"]),
        error=(str(body["error"][0]), str(body["error"][1]), dict(body["error"][2])) if body["error"] else None,
        rev=record.rev,
    )
