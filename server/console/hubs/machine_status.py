"""The state of the machine that answers: its version, its jobs, its disk and its last backup."""

from __future__ import annotations

from dataclasses import dataclass

from anyio import to_thread

from server.console.context import ConsoleContext
from server.maintenance.backup_status import BackupStatus, read_backup_status
from server.program import VERSION
from server.web.app_state import clock_of, settings_of
from server.web.disk_space import MIN_FREE_BYTES, free_bytes
from server.web.health import readiness_of


@dataclass(frozen=True, slots=True)
class MachineStatus:
    """`problems`: codes of readiness, with the job's name. `free`: bytes on the data folder's disk.

    `backup`: the day of the last one, "" for none; `is_backup_missing`: none, an old one, or one failed since.
    """

    version: str
    problems: tuple[str, ...]
    free: int | None
    backup: str
    is_backup_missing: bool

    @property
    def is_disk_low(self) -> bool:
        return self.free is not None and self.free < 2 * MIN_FREE_BYTES


async def read_machine_status(context: ConsoleContext) -> MachineStatus:
    folder = settings_of(context).data
    free = await to_thread.run_sync(free_bytes, folder)
    backup: BackupStatus = await to_thread.run_sync(read_backup_status, folder)
    problems = [
        " ".join(str(problem[key]) for key in ("code", "job") if problem.get(key))
        for problem in readiness_of(context).find_problems()
    ]
    return MachineStatus(
        VERSION,
        tuple(problems),
        free,
        backup.succeeded.date().isoformat() if backup.succeeded else "",
        backup.succeeded is None or backup.has_failed or backup.is_old(clock_of(context)()),
    )
