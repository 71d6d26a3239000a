"""Membership of a hub: joining and leaving headquarters by replications in the hub's own CouchDB. Idempotent."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from server.hubs import replications
from sync.errors import Refused
from sync.store.administration import REPLICATOR, CouchAdmin
from sync.store.contract import Collection, Store, Write
from sync.store.ensure_saved import ensure_saved

MEMBERSHIP_ID = "joined:here"  # in the journal, whose replication excludes it


@dataclass(frozen=True, slots=True)
class HubMembership:
    """The headquarters that this hub joined. `headquarters`: URL of its CouchDB without the password."""

    name: str
    headquarters: str
    prefix: str
    channels: tuple[str, ...]
    when: str


async def join(
    here: CouchAdmin, there: CouchAdmin, store: Store, channels: Sequence[str], now: datetime.datetime
) -> HubMembership:
    """Define the replications and store the membership.

    Raises Refused if headquarters denies access, Unavailable if it does not answer.
    """
    start = replications.hub_account(there.prefix, "")
    if not there.account.startswith(start):
        raise Refused("hub-account", "Ce n’est pas l’adresse que « kunnafoni hub add » a donnée au siège.")
    name = replications.check_name(there.account.removeprefix(start))
    expected = replications.hub_replications(here.prefix, there.prefix, name, channels)
    for database in (replications.down_database(there.prefix), replications.up_database(there.prefix, name)):
        await there.require_access(database)
    await here.create_database(REPLICATOR)
    for replication in expected:
        source, target = (here, there) if replication.is_upward else (there, here)
        await here.put_document(REPLICATOR, replication.document_id, replication.to_document(source, target))
    membership = HubMembership(name, there.url, there.prefix, tuple(channels), now.isoformat(timespec="seconds"))
    body = {
        "name": name,
        "headquarters": membership.headquarters,
        "prefix": membership.prefix,
        "channels": list(channels),
        "when": membership.when,
    }
    current = await store.get(Collection.JOURNAL, MEMBERSHIP_ID)
    [outcome] = await store.write(Collection.JOURNAL, [Write(MEMBERSHIP_ID, body, current.rev if current else None)])
    ensure_saved(outcome)
    return membership


async def leave(here: CouchAdmin, store: Store) -> bool:
    """Delete the replications; the hub's data stays. False if it had not joined."""
    membership = await get_membership(store)
    if membership is None:
        return False
    for replication in replications.hub_replications(
        here.prefix, membership.prefix, membership.name, membership.channels
    ):
        await here.delete_document(REPLICATOR, replication.document_id)
    await store.erase(Collection.JOURNAL, [MEMBERSHIP_ID, f"hub:{membership.name}"])
    return True


async def get_membership(store: Store) -> HubMembership | None:
    """The membership of this machine; None if it is not a hub."""
    record = await store.get(Collection.JOURNAL, MEMBERSHIP_ID)
    if record is None:
        return None
    body = record.body
    return HubMembership(body["name"], body["headquarters"], body["prefix"], tuple(body["channels"]), body["when"])
