"""The fan-out: every server with the site's VAPID key claims shards of open broadcasts until all are done.

Each open broadcast is a job of its own under the supervisor, so that one that fails holds back no other.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from functools import partial

import anyio

from server.push import fanout_records
from server.push.fanout_records import Broadcast, LeaseLost, Shard
from server.push.sender import PushSender
from server.push.shard_worker import ShardWorker
from server.supervision.supervisor import BackgroundJob
from server.supervision.unreadable_records import UnreadableRecords
from sync.errors import KunnafoniError
from sync.store.contract import Store

log = logging.getLogger("kunnafoni.push")

MAX_SHARDS = 8  # shards in progress: enough for a slow push service not to block the others
MAX_PREPARING = 2  # shards being read or encrypted: the next is ready when one ends; other servers can claim the rest
POLL_INTERVAL = 1.0  # seconds between checks for broadcasts that another process started or abandoned
ALLOWANCE = 60.0  # seconds without a good look for broadcasts
BROADCAST_ALLOWANCE = 3600.0  # seconds: retries of one broadcast go on for ten minutes
LONGEST_RETRY = 10.0  # seconds: alerts are urgent


class PreparationSlot:
    """A place among the shards that need the CPU; released early, when only responses are awaited."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots = slots
        self._is_held = False

    async def __aenter__(self) -> PreparationSlot:
        await self._slots.acquire()
        self._is_held = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        if self._is_held:
            self._is_held = False
            self._slots.release()


class Fanout:
    def __init__(
        self,
        store: Store,
        sender: PushSender,
        clock: Callable[[], float],
        owner: str = "",
        random: Callable[[], float] | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._owner = owner or secrets.token_hex(8)
        self._random = random or secrets.SystemRandom().random
        self._shard_slots = asyncio.Semaphore(MAX_SHARDS)
        self._preparation_slots = asyncio.Semaphore(MAX_PREPARING)
        self._wake_event = asyncio.Event()
        self._unreadable = UnreadableRecords()

    def job(self, start: Callable[[BackgroundJob], object]) -> BackgroundJob:
        """The job that looks for open broadcasts; `start` starts a job for each of them."""
        return BackgroundJob("push", partial(self._start_broadcasts, start), ALLOWANCE, longest_retry=LONGEST_RETRY)

    async def _start_broadcasts(self, start: Callable[[BackgroundJob], object]) -> float:
        self._wake_event.clear()
        for broadcast in await fanout_records.list_open_broadcasts(self._store, self._unreadable):
            turn = partial(self._send_once, broadcast)
            start(BackgroundJob(f"push:{broadcast.alert}", turn, BROADCAST_ALLOWANCE, longest_retry=LONGEST_RETRY))
        with anyio.move_on_after(POLL_INTERVAL):
            await self._wake_event.wait()
        return 0.0

    async def _send_once(self, broadcast: Broadcast) -> None:
        """One pass over a broadcast's shards; while it stays open, the next look starts another."""
        await self.send(broadcast)

    def wake(self) -> None:
        """Look for new broadcasts now."""
        self._wake_event.set()

    async def run_once(self) -> None:
        """Send open broadcasts once; shards under another server's lease are left to it."""
        async with asyncio.TaskGroup() as tasks:
            for broadcast in await fanout_records.list_open_broadcasts(self._store, self._unreadable):
                tasks.create_task(self.send(broadcast))

    async def try_send(self, broadcast: Broadcast) -> bool:
        """Send like `send`, but log errors of the store and return False: the caller tries again."""
        done = False
        try:
            done = await self.send(broadcast)
        except* KunnafoniError as errors:
            log.warning("push of %s: %s", broadcast.alert, errors.exceptions[0])
        return done

    async def send(self, broadcast: Broadcast) -> bool:
        """Work on the shards of one broadcast. True if all of them are done.

        Raises an ExceptionGroup of the shards that failed, once all others were worked on.
        """
        errors: list[Exception] = []
        pending = list((await fanout_records.load_shards(self._store, broadcast.alert)).values())
        start = int(self._random() * len(pending))  # a random first shard keeps servers apart
        async with asyncio.TaskGroup() as tasks:
            for shard in (*pending[start:], *pending[:start]):
                if not shard.done:
                    tasks.create_task(self._work_on_shard(broadcast, shard, errors))
        if errors:
            raise ExceptionGroup(f"shards of {broadcast.alert}", errors)
        if not all(shard.done for shard in (await fanout_records.load_shards(self._store, broadcast.alert)).values()):
            return False
        await fanout_records.finish(self._store, broadcast)
        return True

    async def _work_on_shard(self, broadcast: Broadcast, shard: Shard, errors: list[Exception]) -> None:
        try:
            async with self._shard_slots, PreparationSlot(self._preparation_slots) as slot:
                claimed = await fanout_records.claim(self._store, shard, self._owner, self._clock())
                if claimed is None:
                    return
                worker = ShardWorker(
                    self._store, self._sender, self._clock, self._random, broadcast, claimed, self._unreadable
                )
                await worker.send_all(slot.release)
            await worker.retry()
        except LeaseLost:
            log.info("shard %s of %s went to another server", shard.letter, broadcast.alert)
        except Exception as error:
            errors.append(error)
