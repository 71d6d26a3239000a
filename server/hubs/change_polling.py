"""Heads, keys and registers that come down to a hub that downloads pages, asked of headquarters with long requests.

Two requests wait at headquarters' CouchDB, one for each database (`hub_replications`). What they bring is written into
the hub's collections as headquarters has it; the place where to go on stands in the journal, so nothing is written at
headquarters. Run by `server/jobs.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import anyio

from server.hubs.changes_client import ChangedRecord, ChangePage, ChangesClient, LinkFailure, OpenChanges, open_changes
from server.hubs.headquarters_access import find_access
from server.hubs.join import HubMembership, expected_replications, get_membership
from server.hubs.replication_status import ReplicationHealth, ReplicationState
from server.hubs.replications import Replication, collection_of
from sync.errors import Refused
from sync.store.administration import OpenCouchAdmin
from sync.store.checked_writes import MAX_ATTEMPTS, changed_meanwhile, ensure_saved
from sync.store.contract import Body, Collection, Record, Stale, Store, Write
from sync.store.limits import encode_writes, is_id, json_equal

log = logging.getLogger("kunnafoni.hubs")

LOOK_INTERVAL = 60.0  # seconds between looks whether this hub still is one, and of the same headquarters
TURN = 3600.0  # seconds after which the requests are asked anew
FIRST_RETRY, LONGEST_RETRY = 1.0, 30.0  # seconds after a failure; doubled each time
DENIED_PAUSE = 200.0  # seconds: CouchDB locks an account at the fifth wrong password in five minutes, and two ask


@dataclass(frozen=True, slots=True)
class PollState:
    """A hub's place in one of headquarters' databases, in the journal (`Replication.state_id`).

    `source`: what is asked of whom; another one begins anew. `reason`: of the last failure, a msgid, "" after none.
    """

    source: str
    cursor: str = ""
    reason: str = ""

    @classmethod
    def from_body(cls, body: Body) -> PollState:
        return cls(*(str(body.get(name, "")) for name in ("source", "cursor", "reason")))

    def as_body(self) -> Body:
        return {"source": self.source, "cursor": self.cursor, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class ChangePolling:
    """`open_couch`: opens the administration of the hub's own CouchDB. `open_changes`: replaced in tests."""

    open_couch: OpenCouchAdmin
    store: Store
    open_changes: OpenChanges = field(default=open_changes)

    async def turn(self) -> float:
        """Follow headquarters for an hour, or until the membership changes; return the seconds until the next turn."""
        membership = await get_membership(self.store)
        if membership is None or not membership.site_url:
            return LOOK_INTERVAL
        async with self.open_couch() as couch:
            expected = expected_replications(couch.prefix, membership)
            access = await find_access(couch, membership, expected)
        if access is None:
            return LOOK_INTERVAL
        async with self.open_changes(access) as client:
            with anyio.move_on_after(TURN):
                async with anyio.create_task_group() as tasks:
                    for replication in expected:
                        if replication.is_polled:
                            tasks.start_soon(self.follow, client, membership, replication)
                    while await get_membership(self.store) == membership:  # noqa: ASYNC110  (other processes join)
                        await anyio.sleep(LOOK_INTERVAL)
                    tasks.cancel_scope.cancel()
        return 0.0

    async def follow(self, client: ChangesClient, membership: HubMembership, replication: Replication) -> None:
        """Take changes again and again; after a failure say why in the journal, and ask again after a pause."""
        retry = FIRST_RETRY
        while True:
            try:
                count = await take_changes(client, self.store, membership, replication)
                retry = FIRST_RETRY
                if not count:
                    await anyio.sleep(FIRST_RETRY)  # whoever answers at once, again and again, is not asked in a rush
            except LinkFailure as failure:
                log.info("%s: %s", replication.name, failure.reason)
                await _save_state(self.store, membership, replication, reason=failure.reason)
                await anyio.sleep(DENIED_PAUSE if failure.is_denied else retry)
                retry = min(2 * retry, LONGEST_RETRY)


async def take_changes(client: ChangesClient, store: Store, membership: HubMembership, replication: Replication) -> int:
    """Wait for changes once and write them; return the number of records that differed.

    Raises LinkFailure, and the errors of this hub's own store: then the same changes come again.
    """
    state = await _load_state(store, membership, replication)

    async def note_answer() -> None:
        if state.reason:
            await _save_state(store, membership, replication, reason="")

    page = await client.wait(replication.source, replication.id_pattern, state.cursor, note_answer)
    count = await _write(store, replication, page)
    await _save_state(store, membership, replication, cursor=page.cursor, reason="")
    return count


async def load_states(
    store: Store, membership: HubMembership, expected: Sequence[Replication]
) -> list[ReplicationState]:
    """The state of each polled replication among `expected`; those that CouchDB runs are left out."""
    states = []
    for replication in expected:
        if replication.is_polled:
            state = await _load_state(store, membership, replication)
            health = ReplicationHealth.CURRENT if state.cursor else ReplicationHealth.STARTING
            health = ReplicationHealth.CUT if state.reason else health
            states.append(ReplicationState(replication, health, 0 if state.cursor else -1, state.reason, ""))
    return states


async def _write(store: Store, replication: Replication, page: ChangePage) -> int:
    """Write what matches the pattern and differs; return the number of records. Others hold nothing back."""
    by_collection: dict[Collection, list[ChangedRecord]] = {}
    for record in page.records:
        if not is_id(record.id) or not replication.matches(record.id):
            log.warning("%s: a record that was not asked for", replication.name)
        elif not _is_storable(record):
            log.warning("%s: a record beyond the limits of a store", replication.name)
        else:
            by_collection.setdefault(collection_of(record.id), []).append(record)
    return sum([await _write_records(store, collection, records) for collection, records in by_collection.items()])


def _is_storable(record: ChangedRecord) -> bool:
    try:
        encode_writes([Write(record.id, record.body or {})])
    except Refused:
        return False
    return True


async def _write_records(store: Store, collection: Collection, records: Sequence[ChangedRecord]) -> int:
    """Raises Unavailable, Conflict."""
    count = 0
    for _ in range(MAX_ATTEMPTS):
        current = await store.get_many(collection, [record.id for record in records])
        writes = [write for record in records if (write := _write_of(record, current.get(record.id)))]
        outcomes = await store.write(collection, writes) if writes else []
        stale = {outcome.id for outcome in outcomes if isinstance(outcome, Stale)}
        count += len([ensure_saved(outcome) for outcome in outcomes if outcome.id not in stale])
        records = [record for record in records if record.id in stale]
        if not records:
            return count
    raise changed_meanwhile()


def _write_of(record: ChangedRecord, here: Record | None) -> Write | None:
    """The write after which the hub has the record as headquarters has it; None if it does."""
    if here is None:
        return Write(record.id, record.body) if record.body is not None else None
    if record.body is not None and json_equal(here.body, record.body):
        return None
    return Write(record.id, record.body, here.rev)


def _source_of(membership: HubMembership, replication: Replication) -> str:
    return f"{membership.headquarters}/{replication.source} {replication.id_pattern}"


async def _load_state(store: Store, membership: HubMembership, replication: Replication) -> PollState:
    """The state; a new one if this hub asked something else, or someone else, before."""
    return _state_of(await store.get(Collection.JOURNAL, replication.state_id), _source_of(membership, replication))


def _state_of(record: Record | None, source: str) -> PollState:
    state = PollState.from_body(record.body) if record else PollState("")
    return state if state.source == source else PollState(source)


async def _save_state(store: Store, membership: HubMembership, replication: Replication, **changes: str) -> None:
    id = replication.state_id
    record = await store.get(Collection.JOURNAL, id)
    body = replace(_state_of(record, _source_of(membership, replication)), **changes).as_body()
    if record is None or record.body != body:
        [outcome] = await store.write(Collection.JOURNAL, [Write(id, body, record.rev if record else None)])
        ensure_saved(outcome)
