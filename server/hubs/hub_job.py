"""Background work for hubs. On a hub: now and then a note of how it goes, which replication carries up. At headquarters:
the databases between are emptied.
"""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass
from typing import Any

import anyio

from server.hubs import replication_retry, replication_status, replications, staging_cleanup, submission_withdrawals
from server.hubs.join import HubMembership, get_membership
from server.web.app_state import Clock, HasApp
from sync.errors import KunnafoniError
from sync.store.administration import CouchAdmin, OpenCouchAdmin
from sync.store.contract import Collection, Store, Write
from sync.store.iteration import iterate_records

log = logging.getLogger("kunnafoni.hubs")

INTERVAL = 600.0  # seconds between looks: a purge rewrites a file, so not often
OFFLINE_INTERVAL = 60.0  # seconds between looks for a link that was cut: it may last an hour
REPORT_INTERVAL = datetime.timedelta(hours=1)  # a note costs a metered link about a kilobyte


@dataclass(frozen=True, slots=True)
class HubReport:
    """A hub's own word of how it goes. `contact`: when all its replications last went well; "" for never."""

    name: str
    when: str
    contact: str
    channels: tuple[str, ...]
    roads: dict[str, tuple[str, int, str]]  # health, pending, why


@dataclass(frozen=True, slots=True)
class HubJob:
    """`name_of`: the record in which this machine has a submission. `signs`: this is headquarters' machine with the key."""

    open_couch: OpenCouchAdmin
    store: Store
    inbox: submission_withdrawals.WithdrawalHandler
    find_record_id: staging_cleanup.RecordIdLookup
    clock: Clock
    is_headquarters: bool

    async def run(self) -> None:
        """Run until cancelled."""
        async with self.open_couch() as couch:
            while True:
                try:
                    pause = await (
                        self._run_at_headquarters(couch) if self.is_headquarters else self._run_at_hub(couch)
                    )
                except KunnafoniError as error:
                    log.warning("hubs: %s", error.code)
                    pause = INTERVAL
                await anyio.sleep(pause)

    async def _run_at_headquarters(self, couch: CouchAdmin) -> float:
        """Seconds until the next look; here and below."""
        await submission_withdrawals.apply_withdrawals(self.store, self.inbox, self._today)
        await staging_cleanup.clean_up(couch, self.store, self.find_record_id)
        return INTERVAL

    async def _run_at_hub(self, couch: CouchAdmin) -> float:
        told = await update_report(couch, self.store, self.clock())
        if told is None:
            return INTERVAL
        await submission_withdrawals.drop_old(self.store, self._today)
        if all(health != replication_status.ReplicationHealth.CUT for health, _, _ in told.roads.values()):
            return INTERVAL
        if joined := await get_membership(self.store):
            await replication_retry.restart_cut(couch, joined, expected_replications(couch, joined))
        return OFFLINE_INTERVAL

    @property
    def _today(self) -> str:
        return self.clock().date().isoformat()


def open_couch_of(request: HasApp) -> OpenCouchAdmin | None:
    """How to open the administration of this site's CouchDB; None where the store is another."""
    open_couch: OpenCouchAdmin | None = request.app.state.open_couch
    return open_couch


async def update_report(couch: CouchAdmin, store: Store, now: datetime.datetime) -> HubReport | None:
    """On a hub: look, and write down what changed, or that an hour passed. None where no headquarters was joined."""
    joined = await get_membership(store)
    if joined is None:
        return None
    found = await replication_status.load_states(couch, expected_replications(couch, joined))
    id = f"hub:{joined.name}"
    record = await store.get(Collection.JOURNAL, id)
    before = report_from_record(joined.name, record.body) if record else None
    told = {one.replication.name: (one.health.value, max(one.pending, 0), one.reason) for one in found}
    moment = now.isoformat(timespec="seconds")
    contact = moment if all(one.is_healthy for one in found) else (before.contact if before else "")
    if (
        before
        and _health_by_name(before.roads) == _health_by_name(told)
        and now - datetime.datetime.fromisoformat(before.when) < REPORT_INTERVAL
    ):
        return before
    body: dict[str, Any] = {
        "when": moment,
        "contact": contact,
        "channels": list(joined.channels),
        "roads": {name: list(seen) for name, seen in told.items()},
    }
    await store.write(Collection.JOURNAL, [Write(id, body, record.rev if record else None)])
    return report_from_record(joined.name, body)


async def list_reports(store: Store) -> list[HubReport]:
    """At headquarters: the last word of each hub that ever said one."""
    return [
        report_from_record(record.id.removeprefix("hub:"), record.body)
        async for record in iterate_records(store, Collection.JOURNAL, "hub:")
    ]


def expected_replications(couch: CouchAdmin, membership: HubMembership) -> list[replications.Replication]:
    return replications.hub_replications(couch.prefix, membership.prefix, membership.name, membership.channels)


def _health_by_name(seen: dict[str, tuple[str, int, str]]) -> dict[str, str]:
    return {name: health for name, (health, _, _) in seen.items()}


def report_from_record(name: str, body: Any) -> HubReport:
    seen = {road: (str(one[0]), int(one[1]), str(one[2])) for road, one in body["roads"].items()}
    return HubReport(name, body["when"], body["contact"], tuple(body["channels"]), seen)
