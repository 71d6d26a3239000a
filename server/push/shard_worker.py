"""One server's work on one shard of a broadcast: send to every subscription once, checkpoint, then retry failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import anyio

from server.push import fanout_records
from server.push.delivery import TIMEOUT, Delivery, DeliveryStatus, Message
from server.push.fanout_records import LEASE, Broadcast, Shard
from server.push.refusal_reasons import count_name
from server.push.retry_delays import backoff_delay, parse_retry_after
from server.push.sender import PushSender
from server.push.subscriptions import forget_refusals, note_refusal, shard_range
from server.supervision.unreadable_records import UnreadableRecords
from sync.store.contract import Collection, Record, Store, Write

BATCH_SIZE = 128  # subscriptions between two checkpoints: at most so many are sent twice after a crash, for each shard
MAX_TRIES = 8  # about ten minutes of back-off
_POLL_INTERVAL = 1.0  # seconds between checks for due retries


class ShardWorker:
    def __init__(
        self,
        store: Store,
        sender: PushSender,
        clock: Callable[[], float],
        random: Callable[[], float],
        broadcast: Broadcast,
        shard: Shard,
        unreadable: UnreadableRecords,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._random = random
        self._broadcast = broadcast
        self._shard = shard
        self._unreadable = unreadable
        self._messages = broadcast.messages
        self._slow: dict[str, Delivery] = {}
        self._last_delivery = shard.last
        self._has_retries = bool(shard.after)  # a server that had this shard before may have left retries

    async def send_all(self, on_encrypted: Callable[[], None] = lambda: None) -> None:
        """Send to all subscriptions of the shard in the audience; `on_encrypted` as in `PushSender.send`.

        Raises LeaseLost.
        """
        start, end = shard_range("sub:", self._shard.letter)
        while not self._shard.read:
            page = await self._store.scan(Collection.PUSH, self._shard.after or start, end, BATCH_SIZE)
            receivers = [record for record in page if self._is_receiver(record)]
            deliveries = await self._sender.send(
                [(record.id, record.body, self._select_message(record.body)) for record in receivers], on_encrypted
            )
            writes = self._apply_results(deliveries, {record.id: record for record in receivers}, {})
            cursor = page[-1].id + "-" if page else self._shard.after
            is_last_page = len(page) < BATCH_SIZE
            await self._checkpoint(writes, after=cursor, read=is_last_page, done=is_last_page and not self._has_retries)

    async def retry(self) -> None:
        """Retry failed deliveries until none is left. Raises LeaseLost."""
        if self._shard.done:
            return
        start, end = shard_range(f"later:{self._broadcast.alert}:", self._shard.letter)
        while records := await self._store.scan(Collection.PUSH, start, end, 8 * BATCH_SIZE):
            retries = {record.id: record for record in records if is_retry(record.body)}
            if len(retries) < len(records):
                await self._checkpoint([Write(r.id, None, r.rev) for r in records if r.id not in retries])
                continue
            now = self._clock()
            due = [record for id, record in retries.items() if self._is_due(id, record.body["due"], now)]
            if not due:
                await anyio.sleep(_POLL_INTERVAL)
                if self._shard.until - self._clock() < LEASE / 2:
                    await self._checkpoint([])
                continue
            subscriptions = await self._store.get_many(
                Collection.PUSH, [f"sub:{record.id.rpartition(':')[2]}" for record in due]
            )
            finished = [self._slow.pop(id) for id in [record.id for record in due] if self._is_finished(id)]
            finished_ids = {self._retry_id(delivery.id) for delivery in finished}
            remaining = [record for record in due if record.id not in finished_ids]
            receivers = [
                subscription
                for record in remaining
                if (subscription := subscriptions.get(f"sub:{record.id.rpartition(':')[2]}"))
            ]
            finished += await self._sender.send(
                [(record.id, record.body, self._select_message(record.body)) for record in receivers]
            )
            writes = self._apply_results(finished, subscriptions, retries)
            sent_ids = {record.id for record in receivers} | {delivery.id for delivery in finished}
            orphans = [record for record in remaining if f"sub:{record.id.rpartition(':')[2]}" not in sent_ids]
            writes += [Write(record.id, None, record.rev) for record in orphans]  # unsubscribed in the meantime
            await self._checkpoint(writes)
        await self._checkpoint([], done=True)

    def _is_receiver(self, record: Record) -> bool:
        """True if the subscription is in the audience; one that cannot be read is set aside."""
        try:
            return self._broadcast.audience.includes(record.body)
        except Exception as error:
            self._unreadable.set_aside(record.id, record.rev, error)
            return False

    def _select_message(self, body: Mapping[str, Any]) -> Message:
        return self._messages.get(body["channel"].partition("-")[0]) or self._messages[self._broadcast.otherwise]

    def _apply_results(
        self, deliveries: Sequence[Delivery], subscriptions: Mapping[str, Record], retries: Mapping[str, Record]
    ) -> list[Write]:
        """Count the results; return the writes that delete expired subscriptions and schedule or delete retries.

        A refusal counts against a phone if its push service accepted another message at the same time: otherwise this
        site's own key, contact or clock may be the reason.
        """
        writes: list[Write] = []
        accepting_hosts = {
            _host_of(subscriptions[delivery.id])
            for delivery in deliveries
            if delivery.status is DeliveryStatus.DELIVERED and delivery.id in subscriptions
        }
        for delivery in deliveries:
            if delivery.status is DeliveryStatus.DELIVERED and not retries:  # nearly all of them
                subscription = subscriptions[delivery.id]
                self._count_result(subscription, DeliveryStatus.DELIVERED)
                if "refused" in subscription.body:
                    writes.append(forget_refusals(subscription))
                continue
            retry_id = self._retry_id(delivery.id)
            retry = retries.get(retry_id)
            status = delivery.status or DeliveryStatus.RETRY
            if status in (DeliveryStatus.SLOW, DeliveryStatus.RETRY):
                write = self._schedule_retry(delivery, retry, retry_id)
                if write:
                    writes.append(write)
                    continue
                status = DeliveryStatus.REFUSED
            if retry:
                writes.append(Write(retry.id, None, retry.rev))
            receiver = subscriptions.get(delivery.id)
            if receiver and status is DeliveryStatus.GONE:
                writes.append(Write(receiver.id, None, receiver.rev))
            elif receiver and delivery.status is DeliveryStatus.REFUSED and _host_of(receiver) in accepting_hosts:
                writes.append(note_refusal(receiver))
            self._count_result(receiver, status, delivery.reason)
        return writes

    def _schedule_retry(self, delivery: Delivery, retry: Record | None, retry_id: str) -> Write | None:
        """The write of the retry's record; None after MAX_TRIES tries or if the alert expires first."""
        tries = (retry.body["tries"] if retry else 0) + 1
        now = self._clock()
        if delivery.status is DeliveryStatus.SLOW:
            self._slow[retry_id] = delivery
            delay = TIMEOUT
        else:
            retry_after = parse_retry_after(delivery.retry_after, now)
            delay = backoff_delay(tries, self._random()) if retry_after is None else retry_after + self._random()
        if tries > MAX_TRIES or now + delay >= self._broadcast.expires:
            return None
        self._has_retries = True
        return Write(retry_id, {"due": int(now + delay + 0.999), "tries": tries}, retry.rev if retry else None)

    def _retry_id(self, id: str) -> str:
        return f"later:{self._broadcast.alert}:{id.removeprefix('sub:')}"

    def _is_due(self, retry_id: str, due: float, now: float) -> bool:
        return self._is_finished(retry_id) or (due <= now and retry_id not in self._slow)

    def _is_finished(self, retry_id: str) -> bool:
        return retry_id in self._slow and self._slow[retry_id].status is not DeliveryStatus.SLOW

    def _count_result(self, subscription: Record | None, status: DeliveryStatus, reason: str = "") -> None:
        lang = subscription.body["channel"].partition("-")[0] if subscription else ""
        if status is DeliveryStatus.DELIVERED:
            self._last_delivery = int(self._clock())
        counts = self._shard.counts.setdefault(lang, {})
        names = (status, count_name(reason)) if status is DeliveryStatus.REFUSED and reason else (status,)
        for name in names:
            counts[name] = counts.get(name, 0) + 1

    async def _checkpoint(self, writes: Sequence[Write], **changes: Any) -> None:
        until = self._clock() + LEASE
        shard = replace(self._shard, until=until, last=self._last_delivery, **changes)
        self._shard = await fanout_records.save_checkpoint(self._store, shard, *writes)


def is_retry(body: Mapping[str, Any]) -> bool:
    """True if the record says when to retry, and how often that was done."""
    return all(isinstance(body.get(name), int) for name in ("due", "tries"))


def _host_of(subscription: Record) -> str:
    """Scheme, host and port of the endpoint."""
    endpoint: str = subscription.body["endpoint"]
    return "/".join(endpoint.split("/", 3)[:3])
