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

MEMBERSHIP_ID = "joined:here"  # in the journal, which goes up without it


@dataclass(frozen=True, slots=True)
class HubMembership:
    """`headquarters`: its CouchDB's address without the password."""

    name: str
    headquarters: str
    prefix: str
    channels: tuple[str, ...]
    when: str


async def join(
    here: CouchAdmin, there: CouchAdmin, store: Store, channels: Sequence[str], now: datetime.datetime
) -> HubMembership:
    """Raises Refused when headquarters does not let this hub in, Unavailable when it does not answer."""
    start = replications.hub_account(there.prefix, "")
    if not there.account.startswith(start):
        raise Refused("hub-account", "Ce n’est pas l’adresse que « kunnafoni hub add » a donnée au siège.")
    name = replications.check_name(there.account.removeprefix(start))
    planned = replications.hub_replications(here.prefix, there.prefix, name, channels)
    for database in (replications.down_database(there.prefix), replications.up_database(there.prefix, name)):
        await there.require_access(database)
    await here.create_database(REPLICATOR)
    for road in planned:
        source, target = (here, there) if road.is_upward else (there, here)
        await here.put_document(REPLICATOR, road.document_id, road.to_document(source, target))
    joined = HubMembership(name, there.url, there.prefix, tuple(channels), now.isoformat(timespec="seconds"))
    body = {
        "name": name,
        "headquarters": joined.headquarters,
        "prefix": joined.prefix,
        "channels": list(channels),
        "when": joined.when,
    }
    current = await store.get(Collection.JOURNAL, MEMBERSHIP_ID)
    [outcome] = await store.write(Collection.JOURNAL, [Write(MEMBERSHIP_ID, body, current.rev if current else None)])
    ensure_saved(outcome)
    return joined


async def leave(here: CouchAdmin, store: Store) -> bool:
    """End the replications; what the hub holds stays. Whether it was one."""
    joined = await get_membership(store)
    if joined is None:
        return False
    for road in replications.hub_replications(here.prefix, joined.prefix, joined.name, joined.channels):
        await here.delete_document(REPLICATOR, road.document_id)
    await store.erase(Collection.JOURNAL, [MEMBERSHIP_ID, f"hub:{joined.name}"])
    return True


async def get_membership(store: Store) -> HubMembership | None:
    """What this hub joined; None where it is none."""
    record = await store.get(Collection.JOURNAL, MEMBERSHIP_ID)
    if record is None:
        return None
    body = record.body
    return HubMembership(body["name"], body["headquarters"], body["prefix"], tuple(body["channels"]), body["when"])
