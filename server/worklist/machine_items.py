"""Machines and phones that need somebody: silent hubs and phones, quarantined records, old backups, full disks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from server.hubs.hub_job import HubReport
from server.inbox.submission_index import SubmissionSummary
from server.maintenance.backup_status import BackupStatus
from server.web.disk_space import MIN_FREE_BYTES
from server.worklist.work_item import ADMINISTRATORS, COORDINATORS, FIELD_WORKERS, Urgency, WorkItem
from sync.locale import N_
from sync.submissions.devices import Device

SILENCE = datetime.timedelta(days=7)  # of a hub or of an enrolled phone


def hub_items(reports: Iterable[HubReport], now: datetime.datetime) -> Iterator[WorkItem]:
    for report in reports:
        if not report.contact or datetime.datetime.fromisoformat(report.contact) < now - SILENCE:
            sentence, values = N_("Relais sans nouvelles : {name}"), {"name": report.name}
            path = f"/hubs#{report.name}"  # each hub is told of by itself
            yield WorkItem("hub", Urgency.TODAY, sentence, N_("Voir"), path, COORDINATORS, report.contact, "", values)


def find_silent_phones(
    devices: Iterable[Device], summaries: Iterable[SubmissionSummary], today: datetime.date
) -> tuple[int, list[str]]:
    """The number of phones in use, and for each that has sent nothing for SILENCE the day of its last sign of life."""
    last: dict[str, str] = {}
    for summary in summaries:
        if summary.device:
            last[summary.device] = max(summary.arrived or summary.day, last.get(summary.device, ""))
    day, limit = today.isoformat(), (today - SILENCE).isoformat()
    in_use = [device for device in devices if not device.revoked and device.until >= day]
    return len(in_use), sorted(heard for device in in_use if (heard := last.get(device.id, device.made[:10])) < limit)


def phone_items(
    devices: Iterable[Device], summaries: Iterable[SubmissionSummary], today: datetime.date
) -> Iterator[WorkItem]:
    """One line for all phones that are in use and have sent nothing for SILENCE."""
    _, silent = find_silent_phones(devices, summaries, today)
    if silent:
        sentence, values = N_("Téléphones du terrain sans nouvelles : {count}"), {"count": len(silent)}
        yield WorkItem("phones", Urgency.WEEK, sentence, N_("Voir"), "/devices", FIELD_WORKERS, silent[0], "", values)


def quarantine_items(count: int) -> Iterator[WorkItem]:
    if count:
        sentence, values = N_("Envois en quarantaine : {count}"), {"count": count}
        path = "/feedback/quarantine"
        yield WorkItem("quarantine", Urgency.WEEK, sentence, N_("Voir"), path, COORDINATORS, "", "", values)


def backup_items(status: BackupStatus, now: datetime.datetime) -> Iterator[WorkItem]:
    """A failed backup, or one that is too old; a site that never made any is `doctor`'s to tell."""
    if status.has_failed or status.is_old(now):
        failed, old = N_("La dernière sauvegarde a échoué."), N_("La dernière sauvegarde est trop ancienne.")
        sentence = failed if status.has_failed else old
        since = status.succeeded.isoformat() if status.succeeded else ""
        yield WorkItem("backup", Urgency.TODAY, sentence, N_("Voir le journal"), "/journal", ADMINISTRATORS, since)


def disk_items(has_space: bool, reports: Iterable[HubReport]) -> Iterator[WorkItem]:
    """Disks with too little room for submissions: this machine's and the hubs'."""
    if not has_space:
        sentence = N_("Le disque de ce serveur est plein : les envois attendent sur les téléphones.")
        yield WorkItem("disk", Urgency.TODAY, sentence, N_("Voir"), "/hubs", COORDINATORS)
    for report in reports:
        if report.disk_free is not None and report.disk_free < MIN_FREE_BYTES:
            sentence, values = N_("Le disque du relais {name} est plein."), {"name": report.name}
            path = f"/hubs#{report.name}"
            yield WorkItem("disk", Urgency.TODAY, sentence, N_("Voir"), path, COORDINATORS, values=values)
