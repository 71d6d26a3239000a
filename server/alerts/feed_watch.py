"""The watch over feeds of CAP messages: one conditional request every few minutes for each, and each new entry once.

A feed that fails is asked again after a pause that doubles; the others go on. Runs where editions are signed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import anyio

from server.accounts.audit import AuditLog
from server.alerts.cap_intake import CapIntake, LanguageOf, ReceivedState
from server.alerts.received_alerts import ReceivedAlert, refuse_document
from server.alerts.remote_documents import RemoteDocuments, split_address
from server.alerts.watched_feeds import WatchedFeed
from server.supervision.job_state import failure_kind
from server.web.app_state import Clock
from sync.alerts.cap_feed import MAX_FEED_BYTES, FeedEntry, read_cap_feed
from sync.alerts.cap_reader import MAX_MESSAGE_BYTES
from sync.alerts.timestamps import format_timestamp
from sync.errors import KunnafoniError, Refused, Unavailable

log = logging.getLogger("kunnafoni.feeds")

INTERVAL = 300.0  # seconds between two requests to a feed
LONGEST_PAUSE = 6 * 3600.0  # seconds, while a feed fails
TURN_INTERVAL = 30.0  # seconds: a feed that somebody adds is soon asked
MAX_NEW_ENTRIES = 20  # messages fetched for one feed in one turn; the others wait for the next
MAX_SEEN = 400  # keys of entries that are remembered
PARALLEL_FEEDS = 4
POLL_TIMEOUT = 240.0  # seconds for one feed and its new messages


@dataclass
class _Schedule:
    """The time of a feed's next request, by the monotonic clock, and the pause after the next failure."""

    due: float = 0.0
    pause: float = INTERVAL


class FeedWatch:
    """`monotonic_clock` is replaced in tests."""

    def __init__(
        self,
        intake: CapIntake,
        documents: RemoteDocuments,
        audit: AuditLog,
        clock: Clock,
        language_of: LanguageOf,
        monotonic_clock: Callable[[], float],
    ) -> None:
        self._intake = intake
        self._documents = documents
        self._audit = audit
        self._clock = clock
        self._language_of = language_of
        self._monotonic_clock = monotonic_clock
        self._schedules: dict[str, _Schedule] = {}

    async def turn(self) -> float:
        """Ask the feeds that are due; return the seconds until the next turn. A feed's failure is its own."""
        feeds = await self._intake.feeds.all()
        self._schedules = {feed.id: self._schedules.get(feed.id, _Schedule()) for feed in feeds}
        limiter = anyio.CapacityLimiter(PARALLEL_FEEDS)
        async with anyio.create_task_group() as tasks:
            for feed in feeds:
                if self._schedules[feed.id].due <= self._monotonic_clock():
                    tasks.start_soon(self._poll_within, feed, limiter)
        for slug in await self._intake.drop_ended_drafts():
            await self._audit.record("", "alert-dropped", slug)
        return TURN_INTERVAL

    async def poll(self, feed: WatchedFeed) -> None:
        """Ask one feed, and receive its new messages. Raises KunnafoniError if the feed cannot be read."""
        port = split_address(feed.address).port
        documents = replace(self._documents, ports=frozenset({port} if port else ()))
        document = await documents.fetch(feed.address, MAX_FEED_BYTES, feed.etag, feed.modified)
        if document is None:
            await self._save(feed, feed)
            return
        entries = await anyio.to_thread.run_sync(read_cap_feed, document.data, document.address)
        seen = set(feed.seen)
        new = [entry for entry in entries if entry.key not in seen]
        failures: list[KunnafoniError] = []
        for entry in reversed(new[-MAX_NEW_ENTRIES:]):  # the oldest first: an update comes after what it changes
            try:
                await self._receive(entry, feed, documents)
                seen.add(entry.key)
            except Unavailable as error:
                failures.append(error)
            except Exception as error:  # a message that this program cannot read holds no other back
                log.error("alert feed %s, entry %s: %s", feed.id, entry.key, failure_kind(error))
                await self._refuse(
                    entry,
                    feed,
                    Refused(
                        "cap-unreadable",
                        "Ce message ne peut pas être lu ici.",
                        "Demandez à qui l’envoie s’il suit la norme CAP 1.2.",
                    ),
                )
                seen.add(entry.key)
        is_complete = len(new) <= MAX_NEW_ENTRIES and not failures
        listed = tuple(entry.key for entry in entries if entry.key in seen)
        found = replace(
            feed,
            etag=document.etag if is_complete else "",
            modified=document.modified if is_complete else "",
            seen=listed[:MAX_SEEN],
        )
        await self._save(feed, found)
        if failures:
            raise failures[0]
        situation = await self._intake.load_situation()
        relayed = {*situation.drafts, *situation.sent}
        await self._intake.received.prune(
            feed.id, frozenset(one.message for one in await self._intake.received.all() if one.reference in relayed)
        )

    async def _poll_within(self, feed: WatchedFeed, limiter: anyio.CapacityLimiter) -> None:
        async with limiter:
            schedule = self._schedules[feed.id]
            error: KunnafoniError | None = None
            try:
                with anyio.fail_after(POLL_TIMEOUT):
                    await self.poll(feed)
            except TimeoutError:
                error = Unavailable("feed-slow", "Ce flux met trop longtemps à répondre.", "Réessayez dans un moment.")
            except KunnafoniError as problem:
                error = problem
            except Exception as problem:
                log.error("alert feed %s: %s", feed.id, failure_kind(problem))
                error = Unavailable("feed-unreadable", "Ce flux ne peut pas être lu.", "Vérifiez son adresse.")
            if error is None:
                self._schedules[feed.id] = _Schedule(self._monotonic_clock() + INTERVAL)
                return
            log.warning("alert feed %s: %s", feed.id, error.code)
            schedule.due = self._monotonic_clock() + schedule.pause
            schedule.pause = min(2 * schedule.pause, LONGEST_PAUSE)
            await self._save_failure(feed, error)

    async def _receive(self, entry: FeedEntry, feed: WatchedFeed, documents: RemoteDocuments) -> None:
        """Receive the message of an entry, or record why it is refused. Raises Unavailable: to be asked again."""
        try:
            document = await documents.fetch(entry.address, MAX_MESSAGE_BYTES)
        except Refused as error:
            await self._refuse(entry, feed, error)
            return
        if document is None:
            return
        received = await self._intake.take_in(document.data, entry.address, feed)
        if not feed.makes_drafts or received.is_elsewhere:
            return
        if (await self._intake.load_situation()).state_of(received) is ReceivedState.NEW:
            draft = await self._intake.make_draft(received, "", self._language_of)
            await self._audit.record("", "alert-relayed", draft.slug, feed=feed.id)

    async def _refuse(self, entry: FeedEntry, feed: WatchedFeed, error: Refused) -> None:
        blank = ReceivedAlert("", feed.id, entry.address, format_timestamp(self._clock()))
        await self._intake.received.save(refuse_document(blank, entry.key, error))

    async def _save(self, before: WatchedFeed, feed: WatchedFeed) -> None:
        """Save a good request, if anything changed by it."""
        good = replace(feed, failing_since="", error=None)
        if good != before:
            await self._intake.feeds.save(good)

    async def _save_failure(self, feed: WatchedFeed, error: KunnafoniError) -> None:
        current = next((one for one in await self._intake.feeds.all() if one.id == feed.id), None)
        if current is None:
            return
        since = current.failing_since or format_timestamp(self._clock())
        failed = replace(current, failing_since=since, error=(error.code, error.sentence, dict(error.values)))
        if failed != current:
            await self._intake.feeds.save(failed)
