"""The fan-out: every server that has the site's VAPID key takes shards of what is to be sent, until all are done."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

import anyio

from server.push import shards
from server.push.sender import PushSender
from server.push.shard_worker import ShardWorker
from server.push.shards import Broadcast, LeaseLost, Shard
from sync.errors import KunnafoniError
from sync.store.contract import Store

log = logging.getLogger("kunnafoni.push")

MAX_SHARDS = 8  # shards at work at once: enough that a silent service leaves others to go on
MAX_PREPARING = (
    2  # of them read or encoded: the next one is ready when one ends, and the rest is left for other servers to take
)
POLL_INTERVAL = 1.0  # seconds between looks for what another process began, or left


class PreparationSlot:
    """A place among those that need the processor; given back as soon as only answers are waited for."""

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
        """Work on whatever is to be sent, until cancelled. An alert waits for none before it."""
        working: dict[str, asyncio.Task[bool]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake_event.clear()
                try:
                    for sending in await shards.list_open_broadcasts(self._store):
                        if sending.alert not in working or working[sending.alert].done():
                            working[sending.alert] = tasks.create_task(self.try_send(sending))
                except KunnafoniError as error:
                    log.warning("push: %s", error.code)
                with anyio.move_on_after(POLL_INTERVAL):
                    await self._wake_event.wait()

    def wake(self) -> None:
        """Something new is to be sent."""
        self._wake_event.set()

    async def run_once(self) -> None:
        """Finish what can be finished now; what another server holds is left to it."""
        async with asyncio.TaskGroup() as tasks:
            for sending in await shards.list_open_broadcasts(self._store):
                tasks.create_task(self.send(sending))

    async def try_send(self, broadcast: Broadcast) -> bool:
        """As `send`; a store that is not sure, or does not answer, is not the end: what was not done is tried again."""
        done = False
        try:
            done = await self.send(broadcast)
        except* KunnafoniError as errors:
            log.warning("push of %s: %s", broadcast.alert, errors.exceptions[0])
        return done

    async def send(self, broadcast: Broadcast) -> bool:
        """Work on one alert's shards. Whether all are done."""
        found = list((await shards.load_shards(self._store, broadcast.alert)).values())
        start = int(self._random() * len(found))  # several servers begin in different places
        async with asyncio.TaskGroup() as tasks:
            for shard in (*found[start:], *found[:start]):
                if not shard.done:
                    tasks.create_task(self._work_on_shard(broadcast, shard))
        if not all(shard.done for shard in (await shards.load_shards(self._store, broadcast.alert)).values()):
            return False
        await shards.finish(self._store, broadcast)
        return True

    async def _work_on_shard(self, broadcast: Broadcast, shard: Shard) -> None:
        try:
            async with self._shard_slots, PreparationSlot(self._preparation_slots) as turn:  # from the claim on
                claimed = await shards.claim(self._store, shard, self._owner, self._clock())
                if claimed is None:
                    return
                worker = ShardWorker(self._store, self._sender, self._clock, self._random, broadcast, claimed)
                await worker.send_all(turn.release)
            await worker.retry()
        except LeaseLost:
            log.info("shard %s of %s went to another server", shard.letter, broadcast.alert)
