"""What is kept of a fan-out, in the room `push`, so that a restart goes on where it was and several servers share it.

`sending:ALERT`        what is to be sent and to whom; becomes `sent:ALERT` when every shard is done
`shard:ALERT:S`        who works on the shard until when (its lease), how far it came (its checkpoint), counts by language and fate
`later:ALERT:DIGEST`   one phone to be tried again

A lease is no lock: after it ran out, or where a cluster lets two win, a message may be sent twice. The phone shows it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.push.delivery import Message
from server.push.subscriptions import SHARD_LETTERS
from sync.alerts.alert import SEVERITIES
from sync.alerts.audience import Audience
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.ensure_saved import ensure_all_present, ensure_saved
from sync.store.iteration import iterate_records

LEASE = 20.0  # seconds

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`payloads` by language, signed; `otherwise`: the language of phones whose own has none."""

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

    @property
    def messages(self) -> dict[str, Message]:
        return {
            lang: Message(text.encode(), self.severity, self.root, self.expires) for lang, text in self.payloads.items()
        }


def broadcast_from_record(record: Record) -> Broadcast:
    body = record.body
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
    """`after`: the id that the next scan begins with; "" from the start. `read`: every subscription was read once."""

    alert: str
    letter: str
    owner: str = ""
    until: float = 0.0
    after: str = ""
    read: bool = False
    done: bool = False
    counts: Counts = field(default_factory=dict)
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
        {lang: dict(fates) for lang, fates in body["counts"].items()},
        record.rev,
    )


class LeaseLost(Exception):
    """Somebody else took the shard over."""


async def start(store: Store, broadcast: Broadcast) -> None:
    """Write down what is to be sent. Idempotent: what was begun is gone on with, what is done stays done."""
    if await store.get(Collection.PUSH, f"sent:{broadcast.alert}"):
        return
    outcomes = await store.write(Collection.PUSH, [Shard(broadcast.alert, letter).as_write for letter in SHARD_LETTERS])
    outcomes += await store.write(Collection.PUSH, [Write(broadcast.id, broadcast.body)])
    ensure_all_present(outcomes)


async def finish(store: Store, broadcast: Broadcast) -> None:
    """Every shard is done; only the counts are looked at from now on."""
    await store.write(
        Collection.PUSH,
        [Write(f"sent:{broadcast.alert}", {"alert": broadcast.alert}), Write(broadcast.id, None, broadcast.rev)],
    )


async def list_open_broadcasts(store: Store) -> list[Broadcast]:
    """What is not finished, the gravest first."""
    found = [broadcast_from_record(record) async for record in iterate_records(store, Collection.PUSH, "sending:")]
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.alert))


async def load_shards(store: Store, alert: str) -> dict[str, Shard]:
    """By letter."""
    found = [shard_from_record(record) async for record in iterate_records(store, Collection.PUSH, f"shard:{alert}:")]
    return {shard.letter: shard for shard in found}


async def claim(store: Store, shard: Shard, owner: str, now: float) -> Shard | None:
    """The shard with our lease; None when it is done, or somebody else's."""
    if shard.done or (shard.owner not in ("", owner) and shard.until > now):
        return None
    try:
        return await save_checkpoint(store, replace(shard, owner=owner, until=now + LEASE))
    except LeaseLost:
        return None


async def save_checkpoint(store: Store, shard: Shard, *others: Write) -> Shard:
    """The checkpoint, and with it what must be kept for it to be true. Raises Lost when the shard is not ours any more."""
    # What is to be tried again stands before the checkpoint that passes over it: of two writes the first may be alone.
    outcomes = await store.write(Collection.PUSH, [*others, shard.as_write])
    saved = outcomes[-1]
    if isinstance(saved, Stale):
        raise LeaseLost
    return replace(shard, rev=ensure_saved(saved).rev)


def sum_counts(by_letter: Mapping[str, Shard]) -> Counts:
    """Counts of all shards: language -> fate -> phones."""
    sums: Counts = {}
    for shard in by_letter.values():
        for lang, fates in shard.counts.items():
            into = sums.setdefault(lang, {})
            for fate, count in fates.items():
                into[fate] = into.get(fate, 0) + count
    return sums
