"""Records of the fan-out in the collection `push`: they survive a restart, and several servers share the work by them.

`sending:ALERT`        a broadcast: payloads and audience; renamed `sent:ALERT` when every shard is done
`shard:ALERT:S`        a shard's lease (owner and end), its checkpoint, and counts by language and delivery status
`later:ALERT:DIGEST`   a retry for one subscription

A lease is no lock: when it expires, or when a cluster grants it twice, a message may be sent twice. The phone displays
it once. Used by `fanout.py`, `shard_worker.py` and the alert service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.push.delivery import Message
from server.push.subscriptions import SHARD_LETTERS
from server.supervision.unreadable_records import UnreadableRecords
from sync.alerts.alert import SEVERITIES
from sync.alerts.audience import Audience
from sync.store.checked_writes import ensure_all_present, ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

LEASE = 20.0  # seconds
SHARDS = frozenset(SHARD_LETTERS)

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One alert's push: signed `payloads` by language, with `otherwise` as the fallback language."""

    alert: str
    root: str
    severity: str
    expires: int
    payloads: Mapping[str, str]
    otherwise: str
    audience: Audience
    rev: str | None = None

    @property
    def id(self) -> str:
        return f"sending:{self.alert}"

    @property
    def body(self) -> dict[str, Any]:
        return {
            "alert": self.alert,
            "root": self.root,
            "severity": self.severity,
            "expires": self.expires,
            "payloads": dict(self.payloads),
            "otherwise": self.otherwise,
            "audience": self.audience.body,
        }

    def message_for(self, channel: str) -> Message:
        """The message in a channel's language, else in the fallback language."""
        messages = self.messages
        return messages.get(channel.partition("-")[0]) or messages[self.otherwise]

    @property
    def messages(self) -> dict[str, Message]:
        return {
            lang: Message(text.encode(), self.severity, self.root, self.expires) for lang, text in self.payloads.items()
        }


def broadcast_from_record(record: Record) -> Broadcast:
    body = record.body
    if body["severity"] not in SEVERITIES or body["otherwise"] not in body["payloads"]:
        raise ValueError(record.id)
    return Broadcast(
        body["alert"],
        body["root"],
        body["severity"],
        body["expires"],
        body["payloads"],
        body["otherwise"],
        Audience.from_body(body["audience"]),
        record.rev,
    )


@dataclass(frozen=True, slots=True)
class Shard:
    """One 64th of the subscriptions. `until`: end of the lease, in seconds since the epoch.

    `after`: the id at which the next scan begins, "" for the first one. `read`: every subscription was read once.
    `last`: seconds since the epoch at which a push service took its last message; 0: none was taken, or it is unknown.
    """

    alert: str
    letter: str
    owner: str = ""
    until: float = 0.0
    after: str = ""
    read: bool = False
    done: bool = False
    counts: Counts = field(default_factory=dict)
    last: int = 0
    rev: str | None = None

    @property
    def id(self) -> str:
        return f"shard:{self.alert}:{self.letter}"

    @property
    def as_write(self) -> Write:
        body = {
            "owner": self.owner,
            "until": int(self.until),
            "after": self.after,
            "read": self.read,
            "done": self.done,
            "counts": self.counts,
            "last": self.last,
        }
        return Write(self.id, body, self.rev)


def shard_from_record(record: Record) -> Shard:
    _, alert, letter = record.id.split(":")
    body = record.body
    return Shard(
        alert,
        letter,
        body["owner"],
        body["until"],
        body["after"],
        body["read"],
        body["done"],
        {lang: dict(counts) for lang, counts in body["counts"].items()},
        int(body.get("last", 0)),
        record.rev,
    )


async def load_broadcasts(store: Store, alerts: Iterable[str]) -> list[Broadcast]:
    """Broadcasts of the named alerts, in progress or done, without those of an older version, which kept no texts."""
    ids = [f"{kind}:{alert}" for alert in alerts for kind in ("sending", "sent")]
    records = (await store.get_many(Collection.PUSH, ids)).values()
    return [broadcast_from_record(record) for record in records if "payloads" in record.body]


class LeaseLost(Exception):
    """Another server took the shard over."""


async def start(store: Store, broadcast: Broadcast) -> None:
    """Store a broadcast and its shards. Idempotent: one that is in progress or done is left as it is."""
    if await store.get(Collection.PUSH, f"sent:{broadcast.alert}"):
        return
    outcomes = await store.write(Collection.PUSH, [Shard(broadcast.alert, letter).as_write for letter in SHARD_LETTERS])
    outcomes += await store.write(Collection.PUSH, [Write(broadcast.id, broadcast.body)])
    ensure_all_present(outcomes)


async def finish(store: Store, broadcast: Broadcast) -> None:
    """Mark a broadcast as sent; its shards stay for their counts, and its texts for those who subscribe later."""
    await store.write(
        Collection.PUSH,
        [Write(f"sent:{broadcast.alert}", broadcast.body), Write(broadcast.id, None, broadcast.rev)],
    )


async def list_open_broadcasts(store: Store, unreadable: UnreadableRecords | None = None) -> list[Broadcast]:
    """Broadcasts that are not finished, the most severe first. Those that cannot be read are set aside."""
    unreadable = unreadable or UnreadableRecords()
    broadcasts = []
    async for record in iterate_records(store, Collection.PUSH, "sending:"):
        try:
            broadcasts.append(broadcast_from_record(record))
        except Exception as error:
            unreadable.set_aside(record.id, record.rev, error)
    return sorted(broadcasts, key=lambda broadcast: (SEVERITIES.index(broadcast.severity), broadcast.alert))


async def load_shards(store: Store, alert: str) -> dict[str, Shard]:
    """Shards of a broadcast by letter. One that cannot be read begins anew: phones display a message once."""
    loaded = {}
    async for record in iterate_records(store, Collection.PUSH, f"shard:{alert}:"):
        letter = record.id.rpartition(":")[2]
        try:
            loaded[letter] = shard_from_record(record)
        except Exception:
            loaded[letter] = Shard(alert, letter, rev=record.rev)
    return {letter: shard for letter, shard in loaded.items() if letter in SHARDS}


async def claim(store: Store, shard: Shard, owner: str, now: float) -> Shard | None:
    """Take the lease of a shard; None if it is done or leased to another server."""
    if shard.done or (shard.owner not in ("", owner) and shard.until > now):
        return None
    try:
        return await save_checkpoint(store, replace(shard, owner=owner, until=now + LEASE))
    except LeaseLost:
        return None


async def save_checkpoint(store: Store, shard: Shard, *others: Write) -> Shard:
    """Store a checkpoint and the writes that it depends on. Raises LeaseLost."""
    # Retries are written before the checkpoint that skips them: a crash may leave the first writes alone.
    outcomes = await store.write(Collection.PUSH, [*others, shard.as_write])
    outcome = outcomes[-1]
    if isinstance(outcome, Stale):
        raise LeaseLost
    return replace(shard, rev=ensure_saved(outcome).rev)


def sum_counts(by_letter: Mapping[str, Shard]) -> Counts:
    """Counts of all shards: language -> delivery status -> phones."""
    sums: Counts = {}
    for shard in by_letter.values():
        for lang, counts in shard.counts.items():
            sum_by_status = sums.setdefault(lang, {})
            for status, count in counts.items():
                sum_by_status[status] = sum_by_status.get(status, 0) + count
    return sums
