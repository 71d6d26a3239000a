"""The calendar of reviews: texts, facts, numbers and consents that fall due, and what leaves at a set hour.

All of it comes from the collection `content`, so the entries are made once after a change of it and kept in memory.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import anyio
from anyio import to_thread

from server.accounts.account import Account
from server.alerts.drafts import AlertDraft, AlertDrafts, AlertDraftState
from server.publishing.publication_schedule import PublicationSchedule, ScheduledPublication, ScheduleState
from server.web.app_state import HasApp
from server.worklist.calendar_entry import CalendarEntry, EntryKind
from server.worklist.work_item import COORDINATORS, WRITERS
from server.writing.checks import EDITABLE_KINDS, TEXT_KINDS
from server.writing.draft_records import WorkingDocument
from server.writing.emergency_calls import list_numbers
from server.writing.review_dates import REVIEW_INTERVAL, get_due_date
from server.writing.workspace import Snapshot, Workspace
from sync.alerts.timestamps import parse_timestamp
from sync.documents.emergency import Rung
from sync.documents.model import Authorities
from sync.documents.sources import sources_in
from sync.locale import N_, own_name, time_zone_of


@dataclass
class ReviewCalendar:
    workspace: Workspace
    alert_drafts: AlertDrafts
    scheduled: PublicationSchedule
    _snapshot: Snapshot | None = None
    _entries: list[CalendarEntry] = field(default_factory=list)
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def list_for(self, account: Account) -> list[CalendarEntry]:
        """The entries of a person's role, the earliest first."""
        return [entry for entry in await self._list_all() if entry.is_for(account)]

    async def _list_all(self) -> list[CalendarEntry]:
        async with self._lock:
            snapshot = await self.workspace.load_snapshot()
            if snapshot is not self._snapshot:
                self._snapshot = None  # if the store does not respond, the next page tries again
                zone = time_zone_of(snapshot.library.site.channels[0].partition("-")[2])
                planned = [*alert_entries(await self.alert_drafts.all(), zone)]
                planned += publication_entries(await self.scheduled.list_all(), zone)
                documents = await to_thread.run_sync(list, document_entries(snapshot))
                self._entries = sorted([*documents, *planned], key=lambda entry: entry.order)
                self._snapshot = snapshot
            return self._entries


def document_entries(snapshot: Snapshot) -> Iterator[CalendarEntry]:
    """Entries of the approved documents that readers may have."""
    values = {document.id: document.value for document in snapshot.documents}
    for work in snapshot.works.values():
        if work.kind not in EDITABLE_KINDS or work.main is None or work.is_withdrawn:
            continue
        if due := get_due_date(work):
            yield _review(work, due, snapshot.library.site.lang)
        if work.id in values:
            yield from _facts(work, values[work.id])
            if isinstance(values[work.id], Authorities):
                yield from _calls(work, values[work.id])
                yield from _consents(work, values[work.id])


def alert_entries(drafts: Iterable[AlertDraft], zone: datetime.tzinfo) -> Iterator[CalendarEntry]:
    for draft in drafts:
        if draft.state is AlertDraftState.SCHEDULED:
            yield CalendarEntry(
                _local_day(draft.at, zone),
                EntryKind.ALERT,
                N_("Alerte programmée : « {title} »"),
                N_("Voir"),
                f"/alerts/drafts/{draft.slug}/check",
                COORDINATORS,
                draft.by,
                draft.at,
                {"title": draft.headline},
            )


def publication_entries(publications: Iterable[ScheduledPublication], zone: datetime.tzinfo) -> Iterator[CalendarEntry]:
    for publication in publications:
        if publication.state is ScheduleState.WAITING:
            yield CalendarEntry(
                _local_day(publication.at, zone),
                EntryKind.PUBLICATION,
                N_("Publication programmée : {title}"),
                N_("Voir"),
                "/publishing#scheduled",
                COORDINATORS,
                publication.who,
                publication.at,
                {"title": publication.why},
            )


def _review(work: WorkingDocument, due: str, site_lang: str) -> CalendarEntry:
    if work.kind in TEXT_KINDS and work.lang != site_lang:
        sentence, kind = N_("Traduction à relire ({lang}) : « {title} »"), EntryKind.TRANSLATION
        return _of(work, due, kind, sentence, N_("Relire"), lang=own_name(work.lang))
    return _of(work, due, EntryKind.TEXT, N_("Texte à relire : « {title} »"), N_("Relire"))


def _facts(work: WorkingDocument, value: object) -> Iterator[CalendarEntry]:
    """A line for each day by which facts of a document are to be checked again."""
    for day, count in Counter(source.review_by for source in sources_in(value) if source.review_by).items():
        sentence = N_("Faits à revérifier dans « {title} » : {count}")
        yield _of(work, day, EntryKind.FACT, sentence, N_("Revérifier"), edit=True, count=count)


def _calls(work: WorkingDocument, offices: Authorities) -> Iterator[CalendarEntry]:
    """Numbers that somebody rang, a year later: those of services, then those of offices."""
    for number in list_numbers([offices]):
        if number.rung:
            yield CalendarEntry(
                _call_day(number.rung),
                EntryKind.NUMBER,
                N_("Numéro d’urgence à appeler de nouveau : {number} ({country})"),
                N_("Appeler"),
                f"/numbers#{number.key}",
                COORDINATORS,
                _owner(work),
                values={"number": number.number, "country": offices.country},
            )
    for office in offices.authorities:
        if office.rung:
            sentence = N_("Numéro d’un service à appeler de nouveau : {name}")
            yield _of(
                work, _call_day(office.rung), EntryKind.NUMBER, sentence, N_("Appeler"), edit=True, name=office.name
            )


def _consents(work: WorkingDocument, offices: Authorities) -> Iterator[CalendarEntry]:
    for companion in offices.companions:
        sentence = N_("Accord à redemander à une association : {name}")
        yield _of(work, companion.review_by, EntryKind.CONSENT, sentence, N_("Noter"), edit=True, name=companion.name)


def _local_day(timestamp: str, zone: datetime.tzinfo) -> str:
    return parse_timestamp(timestamp).astimezone(zone).date().isoformat()


def _call_day(rung: Rung) -> str:
    return (datetime.date.fromisoformat(rung.day) + REVIEW_INTERVAL).isoformat()


def _of(
    work: WorkingDocument,
    day: str,
    kind: EntryKind,
    sentence: str,
    button: str,
    *,
    edit: bool = False,
    **values: object,
) -> CalendarEntry:
    """An entry of a document, which is done on its page or, with `edit`, in its editor."""
    path = f"/writing/{work.id}{'/edit' if edit else ''}"
    return CalendarEntry(
        day, kind, sentence, button, path, WRITERS, _owner(work), values={"id": work.id, "title": work.title, **values}
    )


def _owner(work: WorkingDocument) -> str:
    return str((work.approval or {}).get("by", ""))


def review_calendar_of(request: HasApp) -> ReviewCalendar:
    calendar: ReviewCalendar = request.app.state.review_calendar
    return calendar
