"""A hub's side: replications with headquarters set up in its own CouchDB, and a note of what was joined. Idempotent."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from server.hubs import replications
from sync.errors import Refused
from sync.store.administration import REPLICATOR, CouchAdmin
from sync.store.contract import Collection, Store, Write
from sync.store.ensure_saved import ensure_saved

JOINED = "joined:here"  # in the journal, which goes up without it


@dataclass(frozen=True, slots=True)
class Joined:
    """`headquarters`: its CouchDB's address without the password."""

    name: str
    headquarters: str
    prefix: str
    channels: tuple[str, ...]
    when: str


async def join(
    here: CouchAdmin, there: CouchAdmin, store: Store, channels: Sequence[str], now: datetime.datetime
) -> Joined:
    """Raises Refused when headquarters does not let this hub in, Unavailable when it does not answer."""
    start = replications.account(there.prefix, "")
    if not there.account.startswith(start):
        raise Refused("hub-account", "Ce n’est pas l’adresse que « kunnafoni hub add » a donnée au siège.")
    name = replications.check_name(there.account.removeprefix(start))
    planned = replications.at_hub(here.prefix, there.prefix, name, channels)
    for database in (replications.down(there.prefix), replications.up(there.prefix, name)):
        await there.reach(database)
    await here.make(REPLICATOR)
    for road in planned:
        source, target = (here, there) if road.up else (there, here)
        await here.put(REPLICATOR, road.document, road.body(source, target))
    joined = Joined(name, there.url, there.prefix, tuple(channels), now.isoformat(timespec="seconds"))
    body = {
        "name": name,
        "headquarters": joined.headquarters,
        "prefix": joined.prefix,
        "channels": list(channels),
        "when": joined.when,
    }
    current = await store.get(Collection.JOURNAL, JOINED)
    [outcome] = await store.write(Collection.JOURNAL, [Write(JOINED, body, current.rev if current else None)])
    ensure_saved(outcome)
    return joined


async def leave(here: CouchAdmin, store: Store) -> bool:
    """End the replications; what the hub holds stays. Whether it was one."""
    joined = await known(store)
    if joined is None:
        return False
    for road in replications.at_hub(here.prefix, joined.prefix, joined.name, joined.channels):
        await here.remove(REPLICATOR, road.document)
    await store.erase(Collection.JOURNAL, [JOINED, f"hub:{joined.name}"])
    return True


async def known(store: Store) -> Joined | None:
    """What this hub joined; None where it is none."""
    record = await store.get(Collection.JOURNAL, JOINED)
    if record is None:
        return None
    body = record.body
    return Joined(body["name"], body["headquarters"], body["prefix"], tuple(body["channels"]), body["when"])
