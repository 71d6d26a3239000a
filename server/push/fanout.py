"""The fan-out: every server with the site's VAPID key claims shards of open broadcasts until all are done."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

import anyio

from server.push import fanout_records
from server.push.fanout_records import Broadcast, LeaseLost, Shard
from server.push.sender import PushSender
from server.push.shard_worker import ShardWorker
from sync.errors import KunnafoniError
from sync.store.contract import Store

log = logging.getLogger("kunnafoni.push")

MAX_SHARDS = 8  # shards in progress: enough for a slow push service not to block the others
MAX_PREPARING = 2  # shards being read or encrypted: the next is ready when one ends; other servers can claim the rest
POLL_INTERVAL = 1.0  # seconds between checks for broadcasts that another process started or abandoned


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

    async def run(self) -> None:
        """Send open broadcasts until cancelled, all of them concurrently."""
        running: dict[str, asyncio.Task[bool]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake_event.clear()
                try:
                    for broadcast in await fanout_records.list_open_broadcasts(self._store):
                        if broadcast.alert not in running or running[broadcast.alert].done():
                            running[broadcast.alert] = tasks.create_task(self.try_send(broadcast))
                except KunnafoniError as error:
                    log.warning("push: %s", error.code)
                with anyio.move_on_after(POLL_INTERVAL):
                    await self._wake_event.wait()

    def wake(self) -> None:
        """Look for new broadcasts now."""
        self._wake_event.set()

    async def run_once(self) -> None:
        """Send open broadcasts once; shards under another server's lease are left to it."""
        async with asyncio.TaskGroup() as tasks:
            for broadcast in await fanout_records.list_open_broadcasts(self._store):
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
        """Work on the shards of one broadcast. True if all of them are done."""
        pending = list((await fanout_records.load_shards(self._store, broadcast.alert)).values())
        start = int(self._random() * len(pending))  # a random first shard keeps servers apart
        async with asyncio.TaskGroup() as tasks:
            for shard in (*pending[start:], *pending[:start]):
                if not shard.done:
                    tasks.create_task(self._work_on_shard(broadcast, shard))
        if not all(shard.done for shard in (await fanout_records.load_shards(self._store, broadcast.alert)).values()):
            return False
        await fanout_records.finish(self._store, broadcast)
        return True

    async def _work_on_shard(self, broadcast: Broadcast, shard: Shard) -> None:
        try:
            async with self._shard_slots, PreparationSlot(self._preparation_slots) as slot:
                claimed = await fanout_records.claim(self._store, shard, self._owner, self._clock())
                if claimed is None:
                    return
                worker = ShardWorker(self._store, self._sender, self._clock, self._random, broadcast, claimed)
                await worker.send_all(slot.release)
            await worker.retry()
        except LeaseLost:
            log.info("shard %s of %s went to another server", shard.letter, broadcast.alert)
