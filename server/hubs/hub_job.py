"""Background job for hubs. A hub reports the health of its replications; headquarters purges staging databases."""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anyio import to_thread

from server.hubs import (
    change_polling,
    replication_retry,
    replication_status,
    replications,
    staging_cleanup,
    upstream_records,
    withdrawals_from_hubs,
)
from server.hubs.edition_download import list_awaited
from server.hubs.join import HubMembership, expected_replications, get_membership
from server.hubs.replication_status import ReplicationHealth, ReplicationState
from server.program import VERSION
from server.supervision.unreadable_records import UnreadableRecords
from server.web.app_state import Clock, HasApp
from server.web.disk_space import free_bytes
from sync.editions.archive import Archive
from sync.errors import KunnafoniError, Refused
from sync.store.administration import CouchAdmin, OpenCouchAdmin, OpenCouchAt
from sync.store.contract import Body, Collection, Store, Write
from sync.store.iteration import iterate_records
from sync.submissions.related_records import is_text

log = logging.getLogger("kunnafoni.hubs")

INTERVAL = 600.0  # seconds between runs: a purge rewrites a file
LINK_INTERVAL = 60.0  # seconds between a hub's looks at its link: a connection that says nothing
REPORT_INTERVAL = datetime.timedelta(hours=1)  # a report costs about a kilobyte of metered traffic


@dataclass(frozen=True, slots=True)
class HubReport:
    """A hub's report on its replications and itself. `contact`: when all of them were last healthy, "" for never.

    `version`: of its program, "" for 0.1.0, which did not say. `disk_free`: bytes, None if it did not say.
    """

    name: str
    when: str
    contact: str
    channels: tuple[str, ...]
    roads: dict[str, tuple[str, int, str]]  # name -> health, pending changes, reason
    version: str = ""
    disk_free: int | None = None


@dataclass(frozen=True, slots=True)
class HubJob:
    """The job of this machine. `is_headquarters`: it has the signing key. `data`: the data folder.
    `open_couch_at`: opens the CouchDB at an address.

    `find_record_id`: the record id under which this machine stores a submission.
    """

    open_couch: OpenCouchAdmin
    open_couch_at: OpenCouchAt
    store: Store
    inbox: withdrawals_from_hubs.WithdrawalHandler
    find_record_id: staging_cleanup.RecordIdLookup
    clock: Clock
    is_headquarters: bool
    data: Path | None = None
    unreadable: UnreadableRecords = field(default_factory=UnreadableRecords)

    async def turn(self) -> float:
        """Run once; return the seconds until the next turn. Raises Unavailable when CouchDB does not respond."""
        async with self.open_couch() as couch:
            try:
                return await (self._run_at_headquarters(couch) if self.is_headquarters else self._run_at_hub(couch))
            except Refused as error:  # an account that does not administer CouchDB: a site without hubs may have one
                log.warning("hubs: %s", error.code)
                return INTERVAL

    async def _run_at_headquarters(self, couch: CouchAdmin) -> float:
        """Apply withdrawals and purge staging databases; return the seconds until the next run."""
        await withdrawals_from_hubs.apply_withdrawals(self.store, self.inbox, self._today, self.unreadable)
        await staging_cleanup.clean_up(couch, self.store, self.find_record_id)
        return INTERVAL

    async def _run_at_hub(self, couch: CouchAdmin) -> float:
        """Report and restart broken replications; return the seconds until the next run."""
        report = await update_report(couch, self.store, self.clock(), self.data)
        if report is None:
            return INTERVAL
        await withdrawals_from_hubs.drop_old(self.store, self._today)
        is_cut = any(health == replication_status.ReplicationHealth.CUT for health, _, _ in report.roads.values())
        if membership := await get_membership(self.store):
            expected = expected_replications(couch.prefix, membership)
            if is_cut:
                defined = [replication for replication in expected if not replication.is_polled]
                await replication_retry.restart_cut(couch, membership, defined)
            else:
                await self._keep_versions_of_headquarters(couch, membership, expected)
        return LINK_INTERVAL

    async def _keep_versions_of_headquarters(
        self, couch: CouchAdmin, membership: HubMembership, expected: list[replications.Replication]
    ) -> None:
        """Settle what a restored headquarters left in conflict; a link that is cut leaves it to the next turn."""
        try:
            count = await upstream_records.keep_headquarters_versions(
                couch, self.store, membership, expected, self.open_couch_at
            )
        except KunnafoniError as error:
            log.info("versions of headquarters: %s", error.code)
            return
        if count:
            log.warning("headquarters was restored: its versions of %d records are kept", count)

    @property
    def _today(self) -> str:
        return self.clock().date().isoformat()


def open_couch_of(request: HasApp) -> OpenCouchAdmin | None:
    """Opens the administration of this site's CouchDB; None if the store is not a CouchDB."""
    open_couch: OpenCouchAdmin | None = request.app.state.open_couch
    return open_couch


async def update_report(
    couch: CouchAdmin, store: Store, now: datetime.datetime, data: Path | None = None
) -> HubReport | None:
    """Write this hub's report if the health changed or an hour passed. None if this is not a hub.

    `data`: a folder on the disk that the report tells of.
    """
    membership = await get_membership(store)
    if membership is None:
        return None
    states = await load_hub_states(couch, store, membership)
    id = f"hub:{membership.name}"
    record = await store.get(Collection.JOURNAL, id)
    previous = report_from_body(membership.name, record.body) if record else None
    states_by_name = {
        state.replication.name: (state.health.value, max(state.pending, 0), state.reason) for state in states
    }
    timestamp = now.isoformat(timespec="seconds")
    contact = timestamp if all(state.is_healthy for state in states) else (previous.contact if previous else "")
    if (
        previous
        and _health_by_name(previous.roads) == _health_by_name(states_by_name)
        and now - datetime.datetime.fromisoformat(previous.when) < REPORT_INTERVAL
    ):
        return previous
    body: dict[str, Any] = {
        "when": timestamp,
        "contact": contact,
        "channels": list(membership.channels),
        "roads": {name: list(values) for name, values in states_by_name.items()},
        "version": VERSION,
    }
    if data and (free := await to_thread.run_sync(free_bytes, data)) is not None:
        body["disk_free"] = free
    await store.write(Collection.JOURNAL, [Write(id, body, record.rev if record else None)])
    return report_from_body(membership.name, body)


async def list_reports(store: Store) -> list[HubReport]:
    """Latest report of each hub, as headquarters has them; a malformed one is left out."""
    reports = [
        report_from_body(record.id.removeprefix("hub:"), record.body)
        async for record in iterate_records(store, Collection.JOURNAL, "hub:")
    ]
    return [report for report in reports if report]


async def load_hub_states(couch: CouchAdmin, store: Store, membership: HubMembership) -> list[ReplicationState]:
    """The state of each replication of this hub. Pages that are still to be downloaded count as changes that wait."""
    expected = expected_replications(couch.prefix, membership)
    polled = await change_polling.load_states(store, membership, expected)
    defined = [replication for replication in expected if not replication.is_polled]
    states = await replication_retry.load_link_states(couch, membership, defined, polled)
    awaited = await list_awaited(store, Archive(store), membership.channels) if membership.site_url else []
    return [
        replace(state, health=ReplicationHealth.BEHIND, pending=max(state.pending, 0) + len(awaited))
        if awaited and state.replication.label == replications.PAGES and state.is_healthy
        else state
        for state in states
    ]


def _health_by_name(states_by_name: dict[str, tuple[str, int, str]]) -> dict[str, str]:
    """Health by replication; one that is a little behind is as good as current, and no report is sent for it."""
    same = {ReplicationHealth.BEHIND.value: ReplicationHealth.CURRENT.value}
    return {name: same.get(health, health) for name, (health, _, _) in states_by_name.items()}


def report_from_body(name: str, body: Body) -> HubReport | None:
    """The report of a record `hub:{name}`, which the hub wrote; None if it is malformed."""
    when, contact, channels, roads = (body.get(key) for key in ("when", "contact", "channels", "roads"))
    if not _is_moment(when) or (contact != "" and not _is_moment(contact)):
        return None
    if not isinstance(channels, list) or not all(map(is_text, channels)) or not isinstance(roads, dict):
        return None
    if not all(map(_is_road, roads.items())):
        return None
    states_by_name = {name: (values[0], values[1], values[2]) for name, values in roads.items()}
    version, free = body.get("version", ""), body.get("disk_free")
    return HubReport(
        name,
        str(when),
        str(contact),
        tuple(channels),
        states_by_name,
        version[:40] if isinstance(version, str) else "",
        free if type(free) is int and free >= 0 else None,
    )


def _is_moment(value: Any) -> bool:
    """True for a time with its zone: others cannot be compared with this machine's."""
    try:
        return isinstance(value, str) and datetime.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_road(item: tuple[Any, Any]) -> bool:
    name, values = item
    if not is_text(name) or not isinstance(values, list) or len(values) != 3:
        return False
    return is_text(values[0]) and type(values[1]) is int and is_text(values[2])
