"""The quarantine: records that are not admitted, as coordinators see, erase or forget them.

A record that passes later (its form or phone arrived) leaves by itself. The day on which headquarters first saw one is
noted in `quarantine:{digest of the record id}`; after QUARANTINE_DAYS the record is erased.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.inbox.submission_index import QuarantinedRecord, SubmissionIndex
from sync.canonical import digest
from sync.errors import Conflict, KunnafoniError
from sync.forms.conversions import day_of
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records
from sync.submissions.erasure import erase_quarantined
from sync.submissions.record_ids import submission_id_of
from sync.submissions.related_records import arrival_from_record

QUARANTINE_DAYS = 90  # as long as a courier may take with the form's news
MAX_TEXT_LENGTH = 2000  # characters of a record's text that are shown
PREFIX = "quarantine:"


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """`seen_on`: day, or "" before headquarters noted one. `nodes`: those that say they received it. `text`: its start.

    `rev`: the revision that this row shows.
    """

    record_id: str
    rev: str
    error: KunnafoniError
    seen_on: str
    nodes: Sequence[str]
    text: str


async def load_rows(store: Store, items: Sequence[QuarantinedRecord]) -> list[QuarantineRow]:
    """The rows of some quarantined records; those that are gone meanwhile are left out."""
    records = await store.get_many(
        Collection.FEEDBACK, [id for item in items for id in (item.record_id, _note_id(item.record_id))]
    )
    rows = []
    for item in items:
        if record := records.get(item.record_id):
            note = records.get(_note_id(item.record_id))
            nodes = await _list_nodes(store, submission_id_of(record.id))
            seen_on = _noted_day(note) if note else ""
            rows.append(QuarantineRow(record.id, record.rev, item.error, seen_on, nodes, _show(record)))
    return rows


async def erase(store: Store, index: SubmissionIndex, record_id: str, seen_rev: str) -> None:
    """Erase a quarantined record as it was seen. Raises Conflict if it is another now, or has been admitted."""
    is_quarantined = any(item.record_id == record_id for item in await index.list_quarantined())
    record = await store.get(Collection.FEEDBACK, record_id) if is_quarantined else None
    if record is None or record.rev != seen_rev:
        raise Conflict(
            "changed-meanwhile", "Quelqu’un d’autre vient de le changer.", "Regardez de nouveau, puis recommencez."
        )
    await erase_quarantined(store, record)
    await store.erase(Collection.FEEDBACK, [_note_id(record_id)])
    index.mark_changed([record_id])


async def expire(store: Store, index: SubmissionIndex, today: datetime.date) -> int:
    """Note new records, erase those noted QUARANTINE_DAYS ago, drop notes of what left; return the number erased."""
    items = {_note_id(item.record_id): item for item in await index.list_quarantined()}
    notes = {record.id: record async for record in iterate_records(store, Collection.FEEDBACK, PREFIX)}
    await store.erase(Collection.FEEDBACK, [id for id in notes if id not in items])
    await _write_notes(store, (items[id] for id in items if id not in notes), today)
    before = (today - datetime.timedelta(days=QUARANTINE_DAYS)).isoformat()
    ended = [items[id].record_id for id, note in notes.items() if id in items and _noted_day(note) < before]
    records = await store.get_many(Collection.FEEDBACK, ended)
    for record in records.values():
        await erase_quarantined(store, record)
        await store.erase(Collection.FEEDBACK, [_note_id(record.id)])
    index.mark_changed(records)
    return len(records)


async def _write_notes(store: Store, items: Iterable[QuarantinedRecord], today: datetime.date) -> None:
    writes = [
        Write(_note_id(item.record_id), {"record": item.record_id, "day": today.isoformat(), "code": item.code})
        for item in items
    ]
    ensure_all_present(await store.write(Collection.FEEDBACK, writes) if writes else [])


async def _list_nodes(store: Store, id: str) -> list[str]:
    records = iterate_records(store, Collection.FEEDBACK, f"received:{id}:")
    arrivals = [arrival_from_record(record) async for record in records]
    return sorted({arrival.node for arrival in arrivals if arrival})


def _show(record: Record) -> str:
    """The start of the record's text, or of the whole record if it has none."""
    text = record.body.get("text")
    shown = text if isinstance(text, str) else json.dumps(dict(record.body), ensure_ascii=False)
    return shown[:MAX_TEXT_LENGTH].encode("utf-8", "replace").decode()


def _noted_day(note: Record) -> str:
    """The day of a note; "" (long ago) for a malformed one."""
    day = note.body.get("day")
    return day if isinstance(day, str) and day_of(day) else ""


def _note_id(record_id: str) -> str:
    return f"{PREFIX}{digest(record_id)}"
