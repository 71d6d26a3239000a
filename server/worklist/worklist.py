"""The list of everything that waits, for the console's first page and for whoever is told of it.

It is made once after a change of the store, or of the hour, and kept in memory; a page only chooses from it what its
person may do.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread

from server.accounts.account import Account
from server.alerts.service import AlertService
from server.hubs.hub_job import list_reports
from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionFilter, SubmissionIndex
from server.maintenance.backup_status import read_backup_status
from server.publishing.publication_schedule import PublicationSchedule
from server.rumours.rumour_report import RISK_QUESTION
from server.web.app_state import Clock, HasApp
from server.worklist.alert_items import draft_items, refusal_items
from server.worklist.feedback_items import FeedbackItems
from server.worklist.machine_items import (
    backup_items,
    disk_items,
    find_silent_phones,
    hub_items,
    phone_items,
    quarantine_items,
)
from server.worklist.publication_items import stopped_items
from server.worklist.text_items import text_items
from server.worklist.work_item import WorkItem
from server.writing.workspace import Workspace
from sync.errors import KunnafoniError
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.store.contract import Collection, Store
from sync.store.iteration import iterate_records
from sync.submissions.devices import Device, device_from_record

FOLLOWED = {  # by collection, the start of the ids that matter: sessions change with each page
    Collection.CONTENT: "",
    Collection.PEOPLE: "device:",
}
MAX_AGE = datetime.timedelta(minutes=5)  # of what no change tells: silences, backups, refused pushes


@dataclass
class Worklist:
    """`data`: the folder with notes of backups."""

    store: Store
    workspace: Workspace
    index: SubmissionIndex
    inbox: InboxService
    alerts: AlertService
    scheduled: PublicationSchedule
    data: Path
    clock: Clock
    _items: list[WorkItem] = field(default_factory=list)
    _index_changes: int = -1
    _made: datetime.datetime | None = None
    _cursors: dict[Collection, str | None] = field(default_factory=lambda: dict.fromkeys(FOLLOWED))
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    def __post_init__(self) -> None:
        self._feedback = FeedbackItems(self._read_answers)

    async def list_for(self, account: Account) -> list[WorkItem]:
        """The items that this person can do, the most urgent first."""
        return [item for item in await self.list_all() if item.is_for(account)]

    async def list_all(self) -> list[WorkItem]:
        async with self._lock:
            is_changed, now = await self._follow_changes(), self.clock()
            if is_changed or self._made is None or now - self._made > MAX_AGE:
                self._made = None  # if the store does not respond, the next page tries again
                self._items = sorted(await self._make(now), key=lambda item: item.order)
                self._made = now
            return self._items

    async def count_phones(self, today: datetime.date) -> tuple[int, int]:
        """The numbers of enrolled phones in use, and of silent ones among them."""
        in_use, silent = find_silent_phones(
            await self._list_devices(), await self.index.find(SubmissionFilter()), today
        )
        return in_use, len(silent)

    async def _follow_changes(self) -> bool:
        """True if something changed since the last call; submissions count once the index knows of them."""
        is_changed = self._index_changes != self.index.change_count
        self._index_changes = self.index.change_count
        for collection, prefix in FOLLOWED.items():
            while True:
                changes = await self.store.changes(collection, self._cursors[collection])
                self._cursors[collection] = changes.cursor
                is_changed = is_changed or any(id.startswith(prefix) for id in changes.ids)
                if not changes.more:
                    break
        return is_changed

    async def _make(self, now: datetime.datetime) -> list[WorkItem]:
        snapshot = await self.workspace.load_snapshot()
        summaries = await self.index.find(SubmissionFilter())
        devices = await self._list_devices()
        quarantined = await self.index.list_quarantined()
        forms = await to_thread.run_sync(_forms_with_risk, snapshot.library.forms)
        backups = await to_thread.run_sync(read_backup_status, self.data)
        alerts = snapshot.library.alerts
        reports = await list_reports(self.store)
        return [
            *draft_items(await self.alerts.drafts.all(), alerts),
            *[item async for item in refusal_items(self.store, alerts, now)],
            *await self._feedback.list(summaries, forms),
            *text_items(snapshot, now.date().isoformat()),
            *stopped_items(await self.scheduled.list_all()),
            *hub_items(reports, now),
            *phone_items(devices, summaries, now.date()),
            *quarantine_items(len(quarantined)),
            *backup_items(backups, now),
            *disk_items(self.inbox.has_disk_space(), reports),
        ]

    async def _list_devices(self) -> list[Device]:
        records = iterate_records(self.store, Collection.PEOPLE, "device:")
        return [device_from_record(record.id, record.body) async for record in records]

    async def _read_answers(self, id: str) -> Mapping[str, Any] | None:
        record_id = self.index.find_record_id(id)
        entry = await self.inbox.open_reader().read_one(record_id) if record_id else None
        return entry.answers if entry else None


def _forms_with_risk(forms: Mapping[str, Any]) -> frozenset[str]:
    """The forms that ask about risks; one that cannot be compiled asks nothing. Compiled forms are kept in memory."""
    return frozenset(slug for slug, form in forms.items() if _asks_about_risks(form))


def _asks_about_risks(document: Any) -> bool:
    try:
        return RISK_QUESTION in Form(compile_document(document)).items
    except KunnafoniError:
        return False


def worklist_of(request: HasApp) -> Worklist:
    worklist: Worklist = request.app.state.worklist
    return worklist
