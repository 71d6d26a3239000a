"""The fan-out: every server that has the site's VAPID key takes shards of what is to be sent, until all are done."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

import anyio

from server.push import shards
from server.push.sender import Sender
from server.push.shard_worker import Worker
from server.push.shards import Lost, Sending, Shard
from sync.errors import KunnafoniError
from sync.store.contract import Store

log = logging.getLogger("kunnafoni.push")

PARALLEL = 8  # shards at work at once: enough that a silent service leaves others to go on
AHEAD = (
    2  # of them read or encoded: the next one is ready when one ends, and the rest is left for other servers to take
)
LOOK = 1.0  # seconds between looks for what another process began, or left


class Turn:
    """A place among those that need the processor; given back as soon as only answers are waited for."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._has = False

    async def __aenter__(self) -> Turn:
        await self._places.acquire()
        self._has = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        if self._has:
            self._has = False
            self._places.release()


class Fanout:
    def __init__(
        self,
        store: Store,
        sender: Sender,
        clock: Callable[[], float],
        owner: str = "",
        random: Callable[[], float] | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._owner = owner or secrets.token_hex(8)
        self._random = random or secrets.SystemRandom().random
        self._places = asyncio.Semaphore(PARALLEL)
        self._ahead = asyncio.Semaphore(AHEAD)
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Work on whatever is to be sent, until cancelled. An alert waits for none before it."""
        working: dict[str, asyncio.Task[bool]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._woken.clear()
                try:
                    for sending in await shards.open_sendings(self._store):
                        if sending.alert not in working or working[sending.alert].done():
                            working[sending.alert] = tasks.create_task(self.attempt(sending))
                except KunnafoniError as error:
                    log.warning("push: %s", error.code)
                with anyio.move_on_after(LOOK):
                    await self._woken.wait()

    def wake(self) -> None:
        """Something new is to be sent."""
        self._woken.set()

    async def work(self) -> None:
        """Finish what can be finished now; what another server holds is left to it."""
        async with asyncio.TaskGroup() as tasks:
            for sending in await shards.open_sendings(self._store):
                tasks.create_task(self.send(sending))

    async def attempt(self, sending: Sending) -> bool:
        """As `send`; a store that is not sure, or does not answer, is not the end: what was not done is tried again."""
        done = False
        try:
            done = await self.send(sending)
        except* KunnafoniError as errors:
            log.warning("push of %s: %s", sending.alert, errors.exceptions[0])
        return done

    async def send(self, sending: Sending) -> bool:
        """Work on one alert's shards. Whether all are done."""
        found = list((await shards.shards(self._store, sending.alert)).values())
        start = int(self._random() * len(found))  # several servers begin in different places
        async with asyncio.TaskGroup() as tasks:
            for shard in (*found[start:], *found[:start]):
                if not shard.done:
                    tasks.create_task(self._shard(sending, shard))
        if not all(shard.done for shard in (await shards.shards(self._store, sending.alert)).values()):
            return False
        await shards.finish(self._store, sending)
        return True

    async def _shard(self, sending: Sending, shard: Shard) -> None:
        try:
            async with self._places, Turn(self._ahead) as turn:  # from the claim on
                claimed = await shards.claim(self._store, shard, self._owner, self._clock())
                if claimed is None:
                    return
                worker = Worker(self._store, self._sender, self._clock, self._random, sending, claimed)
                await worker.read(turn.end)
            await worker.try_again()
        except Lost:
            log.info("shard %s of %s went to another server", shard.letter, sending.alert)
