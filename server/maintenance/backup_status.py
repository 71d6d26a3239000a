"""The state of backups, as files in the data folder: when the last one succeeded, and that one failed since.

`backup` notes a success; kunnafoni-backup-failed.service (deploy/systemd) a failure, since a killed process cannot.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from server.keys.private_file import write_private

SUCCEEDED = "backup-succeeded"
FAILED = "backup-failed"
BACKUP_AGE = datetime.timedelta(
    days=2
)  # from which the console tells it: the timer of deploy/systemd makes one a night


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """Moments in UTC; None where nothing was noted or the note cannot be read."""

    succeeded: datetime.datetime | None
    failed: datetime.datetime | None

    @property
    def has_failed(self) -> bool:
        """True if one failed after the last success."""
        return self.failed is not None and (self.succeeded is None or self.failed > self.succeeded)

    def is_old(self, now: datetime.datetime) -> bool:
        """True if the last success is past BACKUP_AGE; False where none was noted."""
        return self.succeeded is not None and self.succeeded < now - BACKUP_AGE


def note_success(data: Path, when: datetime.datetime) -> None:
    """Note a finished backup, and forget failures before it."""
    write_private(data / SUCCEEDED, f"{when.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode(), replace=True)
    (data / FAILED).unlink(missing_ok=True)


def read_backup_status(data: Path) -> BackupStatus:
    return BackupStatus(_read(data / SUCCEEDED), _read(data / FAILED))


def _read(path: Path) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(path.read_text("utf-8").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
