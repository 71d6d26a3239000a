"""Headquarters' version of records in conflict at a hub. Used by `hub_job.py`.

What comes down a hub never edits. Two versions mean that headquarters was restored from a backup: its new records have
the ids of those that the hub has, and revisions that CouchDB orders by length, which says nothing about their age.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.hubs import replications
from server.hubs.headquarters_access import find_access
from server.hubs.join import HubMembership
from server.hubs.replications import Replication
from sync.store.administration import CouchAdmin, OpenCouchAt
from sync.store.contract import Collection, ConflictedRecord, Store


async def keep_headquarters_versions(
    hub: CouchAdmin, store: Store, membership: HubMembership, expected: Sequence[Replication], open_couch: OpenCouchAt
) -> int:
    """Delete the versions that headquarters has not, and return the number of records; `expected`: of this hub.

    `open_couch` opens the CouchDB at an address. Raises Unavailable if headquarters does not answer.
    """
    downward = {
        Collection.EDITIONS: replications.collection_database(membership.prefix, Collection.EDITIONS),
        Collection.CONTENT: replications.down_database(membership.prefix),
        Collection.PEOPLE: replications.down_database(membership.prefix),
    }
    conflicts = {collection: await store.conflicts(collection) for collection in downward}
    if not any(conflicts.values()):
        return 0
    access = await find_access(hub, membership, expected)
    if access is None:
        return 0
    async with open_couch(access.store_address) as headquarters:
        revisions = {
            collection: await headquarters.list_revisions(downward[collection], [record.id for record in records])
            for collection, records in conflicts.items()
            if records
        }
    return sum(
        [
            await _keep_version(hub, collection, record, revisions[collection].get(record.id, ""))
            for collection, records in conflicts.items()
            for record in records
        ]
    )


async def _keep_version(hub: CouchAdmin, collection: Collection, record: ConflictedRecord, rev: str) -> bool:
    """Delete all versions but `rev`; False, and no change, if the hub has not received that one yet."""
    if rev not in [version.rev for version in record.versions]:
        return False
    database = replications.collection_database(hub.prefix, collection)
    for version in record.versions:
        if version.rev != rev:
            await hub.delete_version(database, record.id, version.rev)
    return True
