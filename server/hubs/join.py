"""Membership of a hub: joining and leaving headquarters by replications in the hub's own CouchDB. Idempotent."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from server.hubs import replications
from sync.errors import Refused
from sync.store.administration import REPLICATOR, CouchAdmin
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Store, Write

MEMBERSHIP_ID = "joined:here"  # in the journal, whose replication excludes it


@dataclass(frozen=True, slots=True)
class HubMembership:
    """The headquarters that this hub joined. `headquarters`: URL of its CouchDB without the password.

    `site_url`: where this hub downloads pages and media; "" where CouchDB's replications bring them.
    """

    name: str
    headquarters: str
    prefix: str
    channels: tuple[str, ...]
    when: str
    site_url: str = ""


async def join(
    hub: CouchAdmin,
    headquarters: CouchAdmin,
    store: Store,
    channels: Sequence[str],
    now: datetime.datetime,
    site_url: str = "",
) -> HubMembership:
    """Define the replications and store the membership. `site_url`: of the site, if pages are downloaded from there.

    Raises Refused if headquarters denies access, Unavailable if it does not answer.
    """
    account_prefix = replications.hub_account(headquarters.prefix, "")
    if not headquarters.account.startswith(account_prefix):
        raise Refused(
            "hub-account",
            "Ce n’est pas l’adresse que « kunnafoni hub add » a donnée au siège.",
            "Copiez-la en entier, avec le compte et le mot de passe.",
        )
    name = replications.check_name(replications.hub_name(headquarters.prefix, headquarters.account))
    expected = replications.hub_replications(hub.prefix, headquarters.prefix, name, channels, downloads=bool(site_url))
    for database in (
        replications.down_database(headquarters.prefix),
        replications.up_database(headquarters.prefix, name),
    ):
        await headquarters.require_access(database)
    await hub.create_database(REPLICATOR)
    defined = [replication for replication in expected if not replication.is_polled]
    every = replications.hub_replications(hub.prefix, headquarters.prefix, name, channels)
    for document_id in {one.document_id for one in every} - {one.document_id for one in defined}:
        await hub.delete_document(REPLICATOR, document_id)  # of a join without the site's address
    for replication in defined:
        source, target = (hub, headquarters) if replication.is_upward else (headquarters, hub)
        definition = replication.to_document(source, target) | {
            "connection_timeout": replications.LINK_TIMEOUT,
            "checkpoint_interval": replications.CHECKPOINT_INTERVAL,
        }
        await hub.put_document(REPLICATOR, replication.document_id, definition)
    membership = HubMembership(
        name, headquarters.url, headquarters.prefix, tuple(channels), now.isoformat(timespec="seconds"), site_url
    )
    body = {
        "name": name,
        "headquarters": membership.headquarters,
        "prefix": membership.prefix,
        "channels": list(channels),
        "when": membership.when,
        "site_url": site_url,
    }
    current = await store.get(Collection.JOURNAL, MEMBERSHIP_ID)
    [outcome] = await store.write(Collection.JOURNAL, [Write(MEMBERSHIP_ID, body, current.rev if current else None)])
    ensure_saved(outcome)
    return membership


async def leave(hub: CouchAdmin, store: Store) -> bool:
    """Delete the replications; the hub's data stays. False if it had not joined."""
    membership = await get_membership(store)
    if membership is None:
        return False
    every = [
        replication
        for downloads in (False, True)
        for replication in replications.hub_replications(
            hub.prefix, membership.prefix, membership.name, membership.channels, downloads=downloads
        )
    ]
    for replication in every:
        await hub.delete_document(REPLICATOR, replication.document_id)
    polled = [replication.state_id for replication in every if replication.is_polled]
    await store.erase(Collection.JOURNAL, [MEMBERSHIP_ID, f"hub:{membership.name}", *polled])
    return True


async def get_membership(store: Store) -> HubMembership | None:
    """The membership of this machine; None if it is not a hub."""
    record = await store.get(Collection.JOURNAL, MEMBERSHIP_ID)
    if record is None:
        return None
    body = record.body
    return HubMembership(
        body["name"],
        body["headquarters"],
        body["prefix"],
        tuple(body["channels"]),
        body["when"],
        body.get("site_url", ""),  # joined with 0.1.0: none
    )


def expected_replications(prefix: str, membership: HubMembership) -> list[replications.Replication]:
    """The replications of this hub, as its membership defines them. `prefix`: of the hub's databases."""
    return replications.hub_replications(
        prefix, membership.prefix, membership.name, membership.channels, downloads=bool(membership.site_url)
    )
