"""An observation of the site: everything that `/metrics` tells, read at one moment. Counts and times, no person."""

from __future__ import annotations

import datetime
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from server.hubs.hub_job import HubReport, list_reports
from server.maintenance.backup_status import BackupStatus, read_backup_status
from server.maintenance.drill import DrillReport, read_report
from server.push import fanout_records
from server.push.refusal_reasons import PREFIX
from server.reader.current_editions import CurrentEditions
from server.supervision.supervisor import Supervisor
from server.web.app_state import Clock
from server.web.health import Readiness
from server.worklist.work_item import WorkItem
from server.worklist.worklist import Worklist
from sync.alerts.timestamps import parse_timestamp
from sync.store.contract import Store

RECENT_ALERTS = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class JobObservation:
    """`last_success`: seconds since the epoch, None before the first. `failures`: consecutive ones."""

    name: str
    last_success: float | None
    failures: int
    allowance: float


@dataclass(frozen=True, slots=True)
class Observation:
    """`deliveries`: push messages of alerts of the last 30 days by status. `phones`: enrolled ones, heard from or not.

    `waiting`: things that wait for people, by kind. `editions`: the number of the current edition by channel, which is
    the second of its publication.
    """

    now: datetime.datetime
    problems: Sequence[str]
    jobs: Sequence[JobObservation]
    verdicts: Mapping[str, int]
    errors: Mapping[str, int]
    waiting: Mapping[str, int]
    deliveries: Mapping[str, int]
    hubs: Sequence[HubReport]
    phones: Mapping[str, int]
    editions: Mapping[str, int]
    disk_free: int
    disk_total: int
    backups: BackupStatus
    drill: DrillReport | None


@dataclass
class Observer:
    """`verdicts`, `errors`: counted since this process started. `data`: the data folder."""

    store: Store
    readiness: Readiness
    supervisor: Supervisor
    editions: CurrentEditions
    worklist: Worklist
    verdicts: Counter[str]
    errors: Counter[str]
    data: Path
    clock: Clock

    async def observe(self) -> Observation:
        """Raises Unavailable if the store does not respond."""
        now = self.clock()
        items: list[WorkItem] = await self.worklist.list_all()
        disk = await to_thread.run_sync(shutil.disk_usage, self.data if self.data.exists() else Path("/"))
        return Observation(
            now,
            [str(problem["code"]) for problem in self.readiness.find_problems()],
            self._observe_jobs(now),
            dict(self.verdicts),
            dict(self.errors),
            Counter(item.kind for item in items),
            await self._count_deliveries(now),
            await list_reports(self.store),
            await self._count_phones(now),
            {channel: self.editions.get(channel).edition.statement.number for channel in self.editions.channels},
            disk.free,
            disk.total,
            await to_thread.run_sync(read_backup_status, self.data),
            await to_thread.run_sync(read_report, self.data),
        )

    def _observe_jobs(self, now: datetime.datetime) -> list[JobObservation]:
        monotonic = self.supervisor.monotonic_clock()
        return [
            JobObservation(
                state.name,
                None if state.last_good_turn is None else now.timestamp() - (monotonic - state.last_good_turn),
                state.failure_count,
                state.allowance,
            )
            for state in self.supervisor.states.values()
        ]

    async def _count_deliveries(self, now: datetime.datetime) -> Counter[str]:
        counts: Counter[str] = Counter()
        snapshot = await self.worklist.workspace.load_snapshot()
        for alert in snapshot.library.alerts.values():
            if parse_timestamp(alert.sent) > now - RECENT_ALERTS:
                by_language = fanout_records.sum_counts(await fanout_records.load_shards(self.store, alert.slug))
                for by_status in by_language.values():
                    counts.update({name: count for name, count in by_status.items() if not name.startswith(PREFIX)})
        return counts

    async def _count_phones(self, now: datetime.datetime) -> dict[str, int]:
        in_use, silent = await self.worklist.count_phones(now.date())
        return {"heard": in_use - silent, "silent": silent}
