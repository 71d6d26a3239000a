"""The doctor's look at backups and their drills, by what they left in the data folder."""

from __future__ import annotations

import datetime
from pathlib import Path

from server.maintenance.backup_status import read_backup_status
from server.maintenance.drill import read_report
from server.maintenance.finding import Finding

MAX_DRILL_AGE = datetime.timedelta(days=100)  # the timer drills every month
MAX_BACKUP_AGE = datetime.timedelta(days=8)  # a weekly backup, and a day


def check_drill(data: Path, now: datetime.datetime) -> list[Finding]:
    report = read_report(data)
    if report is None:
        return []
    values = {"file": report.backup, "when": report.when}
    if report.error:
        return [
            Finding(
                "drill-failed",
                "La sauvegarde {file} n’a pas pu être restaurée le {when} : {reason}.",
                "Lancez « kunnafoni drill » pour en voir la cause, et faites une autre sauvegarde.",
                values=values | {"reason": report.error},
            )
        ]
    if now - datetime.datetime.fromisoformat(report.when) <= MAX_DRILL_AGE:
        return []
    return [
        Finding(
            "drill-old",
            "Aucune sauvegarde n’a été restaurée pour l’essayer depuis le {when}.",
            "Lancez : kunnafoni drill FICHIER",
            values=values,
        )
    ]


def check_backups(data: Path, now: datetime.datetime) -> list[Finding]:
    """A failure after the last success, else a last success that is long past; nothing where none was made here."""
    backups = read_backup_status(data)
    if backups.failed and backups.has_failed:
        when = backups.failed.isoformat(sep=" ", timespec="minutes")
        return [
            Finding(
                "backup-failed",
                "La sauvegarde a échoué ({when}).",
                "Voyez pourquoi : journalctl --unit kunnafoni-backup ; puis lancez kunnafoni backup.",
                values={"when": when},
            )
        ]
    if backups.succeeded is None or now - backups.succeeded <= MAX_BACKUP_AGE:
        return []
    return [
        Finding(
            "backup-old",
            "La dernière sauvegarde date du {date}.",
            "Lancez kunnafoni backup, ou voyez pourquoi celle de la nuit ne se fait plus.",
            values={"date": backups.succeeded.date().isoformat()},
        )
    ]
