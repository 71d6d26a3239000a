"""One server's work on one shard of one alert: read every subscription once, send, checkpoint; then try again what must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import anyio

from server.push import shards
from server.push.delivery import TIMEOUT, Delivery, DeliveryStatus, Message
from server.push.retry import backoff_delay, parse_retry_after
from server.push.sender import PushSender
from server.push.shards import LEASE, Broadcast, Shard
from server.push.subscriptions import shard_range
from sync.store.contract import Collection, Record, Store, Write

BATCH_SIZE = 128  # subscriptions between two checkpoints: what a crash sends again at most, for each shard at work
MAX_TRIES = 8  # about ten minutes of back-off
_POLL_INTERVAL = 1.0  # seconds between looks at what is to be tried again


class ShardWorker:
    def __init__(
        self,
        store: Store,
        sender: PushSender,
        clock: Callable[[], float],
        random: Callable[[], float],
        broadcast: Broadcast,
        shard: Shard,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._random = random
        self._broadcast = broadcast
        self._shard = shard
        self._messages = broadcast.messages
        self._slow: dict[str, Delivery] = {}
        self._has_retries = bool(
            shard.after
        )  # whether something may wait to be tried again: what another server left, or what failed here

    async def send_all(self, on_encrypted: Callable[[], None] = lambda: None) -> None:
        """Send to everybody of the shard who is meant; `sealed`: see Sender.send. Raises Lost."""
        start, end = shard_range("sub:", self._shard.letter)
        while not self._shard.read:
            page = await self._store.scan(Collection.PUSH, self._shard.after or start, end, BATCH_SIZE)
            meant = [record for record in page if self._broadcast.audience.includes(record.body)]
            deliveries = await self._sender.send(
                [(record.id, record.body, self._select_message(record.body)) for record in meant], on_encrypted
            )
            writes = self._apply_results(deliveries, {record.id: record for record in meant}, {})
            after = page[-1].id + "-" if page else self._shard.after
            ends = len(page) < BATCH_SIZE
            await self._checkpoint(writes, after=after, read=ends, done=ends and not self._has_retries)

    async def retry(self) -> None:
        """Until nothing waits any more. Raises Lost."""
        if self._shard.done:
            return
        start, end = shard_range(f"later:{self._broadcast.alert}:", self._shard.letter)
        while waiting := await self._store.scan(Collection.PUSH, start, end, 8 * BATCH_SIZE):
            laters = {record.id: record for record in waiting}
            now = self._clock()
            due = [record for id, record in laters.items() if self._is_due(id, record.body["due"], now)]
            if not due:
                await anyio.sleep(_POLL_INTERVAL)
                if self._shard.until - self._clock() < LEASE / 2:
                    await self._checkpoint([])
                continue
            subscriptions = await self._store.get_many(
                Collection.PUSH, [f"sub:{record.id.rpartition(':')[2]}" for record in due]
            )
            settled = [self._slow.pop(id) for id in [record.id for record in due] if self._is_finished(id)]
            told = {self._retry_id(delivery.id) for delivery in settled}
            left = [record for record in due if record.id not in told]
            ready = [one for record in left if (one := subscriptions.get(f"sub:{record.id.rpartition(':')[2]}"))]
            settled += await self._sender.send(
                [(record.id, record.body, self._select_message(record.body)) for record in ready]
            )
            writes = self._apply_results(settled, subscriptions, laters)
            kept = {record.id for record in ready} | {delivery.id for delivery in settled}
            orphans = [record for record in left if f"sub:{record.id.rpartition(':')[2]}" not in kept]
            writes += [Write(record.id, None, record.rev) for record in orphans]  # unsubscribed meanwhile
            await self._checkpoint(writes)
        await self._checkpoint([], done=True)

    def _select_message(self, body: Mapping[str, Any]) -> Message:
        return self._messages.get(body["channel"].partition("-")[0]) or self._messages[self._broadcast.otherwise]

    def _apply_results(
        self, deliveries: Sequence[Delivery], subscriptions: Mapping[str, Record], laters: Mapping[str, Record]
    ) -> list[Write]:
        """What has to be written for these fates: dead subscriptions go, what failed is noted to be tried again."""
        writes: list[Write] = []
        for delivery in deliveries:
            if delivery.status is DeliveryStatus.DELIVERED and not laters:  # nearly all of them
                self._count_result(subscriptions[delivery.id], DeliveryStatus.DELIVERED)
                continue
            later_id = self._retry_id(delivery.id)
            later = laters.get(later_id)
            fate = delivery.status or DeliveryStatus.RETRY
            if fate in (DeliveryStatus.SLOW, DeliveryStatus.RETRY):
                again = self._schedule_retry(delivery, later, later_id)
                if again:
                    writes.append(again)
                    continue
                fate = DeliveryStatus.REFUSED
            if later:
                writes.append(Write(later.id, None, later.rev))
            record = subscriptions.get(delivery.id)
            if fate is DeliveryStatus.GONE and record:
                writes.append(Write(record.id, None, record.rev))
            self._count_result(record, fate)
        return writes

    def _schedule_retry(self, delivery: Delivery, later: Record | None, later_id: str) -> Write | None:
        """The note to try again; None when it was tried often enough, or the alert will be over."""
        tries = (later.body["tries"] if later else 0) + 1
        now = self._clock()
        if delivery.status is DeliveryStatus.SLOW:
            self._slow[later_id] = delivery
            wait = TIMEOUT
        else:
            asked = parse_retry_after(delivery.retry_after, now)
            wait = backoff_delay(tries, self._random()) if asked is None else asked + self._random()
        if tries > MAX_TRIES or now + wait >= self._broadcast.expires:
            return None
        self._has_retries = True
        return Write(later_id, {"due": int(now + wait + 0.999), "tries": tries}, later.rev if later else None)

    def _retry_id(self, id: str) -> str:
        return f"later:{self._broadcast.alert}:{id.removeprefix('sub:')}"

    def _is_due(self, later_id: str, due: float, now: float) -> bool:
        return self._is_finished(later_id) or (due <= now and later_id not in self._slow)

    def _is_finished(self, later_id: str) -> bool:
        return later_id in self._slow and self._slow[later_id].status is not DeliveryStatus.SLOW

    def _count_result(self, record: Record | None, fate: DeliveryStatus) -> None:
        lang = record.body["channel"].partition("-")[0] if record else ""
        fates = self._shard.counts.setdefault(lang, {})
        fates[fate] = fates.get(fate, 0) + 1

    async def _checkpoint(self, writes: Sequence[Write], **changes: Any) -> None:
        self._shard = await shards.save_checkpoint(
            self._store, replace(self._shard, until=self._clock() + LEASE, **changes), *writes
        )
