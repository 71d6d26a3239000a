"""Purge of staging databases at headquarters: documents that headquarters has, and erased submissions.

CouchDB does not replicate purges, so each node purges its own copies: headquarters here, a hub when it receives
`erased:…`. Used by `hub_job.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from server.hubs import replications
from server.hubs.hub_administration import list_hub_names
from sync.errors import Refused
from sync.store.administration import CouchAdmin
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records
from sync.store.limits import json_equal
from sync.submissions.attachments import file_id, piece_ids
from sync.submissions.record_admission import read_submission
from sync.submissions.record_ids import PREFIX, submission_id_of

PAGE_SIZE = 200
RecordIdLookup = Callable[[str], str | None]  # submission id -> its record id at headquarters, or None
FILE_PREFIX = "file:"  # at headquarters such a record also says whether all pieces arrived, so bodies may differ


async def clean_up(couch: CouchAdmin, store: Store, find_record_id: RecordIdLookup) -> int:
    """Purge completed and erased documents; return their number."""
    erased = await _list_erased_ids(store)
    purged = await couch.purge(
        replications.down_database(couch.prefix),
        [f"{kind}:{id}" for kind in ("receipt", "answer") for id in erased],
    )
    hub_names = await list_hub_names(couch)
    if hub_names:  # without hubs there is no `down`
        purged += await _purge_alert_drafts(couch)
    for hub_name in hub_names:
        database = replications.up_database(couch.prefix, hub_name)
        for prefix in ("file:", "piece:", "received:", "submission:", "withdrawal:"):
            purged += await couch.purge(database, await _find_completed(couch, database, store, prefix, find_record_id))
    return purged


async def _purge_alert_drafts(couch: CouchAdmin) -> int:
    """Purge drafts of alerts from `down`: earlier releases replicated them."""
    down = replications.down_database(couch.prefix)
    drafts = couch.iterate_records(down, "alert-draft:", "alert-draft;", PAGE_SIZE)
    return await couch.purge(down, [record.id async for record in drafts])


async def _find_completed(
    couch: CouchAdmin, database: str, store: Store, prefix: str, find_record_id: RecordIdLookup
) -> list[str]:
    """Ids in a staging database that headquarters has stored or erased."""
    completed: list[str] = []
    page: list[Record] = []
    async for record in couch.iterate_records(database, prefix, prefix[:-1] + ";", PAGE_SIZE):
        page.append(record)
        if len(page) == PAGE_SIZE:
            completed += await _select_completed(page, store, find_record_id)
            page = []
    return completed + (await _select_completed(page, store, find_record_id) if page else [])


async def _select_completed(page: Sequence[Record], store: Store, find_record_id: RecordIdLookup) -> list[str]:
    """Ids of the page whose document headquarters has, under the same id or under that of the same submission."""
    own_ids = {
        record.id: find_record_id(submission_id_of(record.id)) or record.id
        for record in page
        if record.id.startswith(PREFIX)
    }
    records = await store.get_many(Collection.FEEDBACK, [*(record.id for record in page), *own_ids.values()])
    marks = [f"erased:{submission_id_of(record.id)}" for record in page]
    erased = await store.get_many(Collection.FEEDBACK, marks)
    completed: list[str] = []
    for record, mark in zip(page, marks, strict=True):
        copies = [records[id] for id in {record.id, own_ids.get(record.id, record.id)} if id in records]
        if mark in erased:
            completed += [record.id, *_file_record_ids(record)]
        elif copies and (
            record.id.startswith(FILE_PREFIX) or any(json_equal(record.body, copy.body) for copy in copies)
        ):
            completed.append(record.id)
    return completed


def _file_record_ids(record: Record) -> list[str]:
    """Ids of the files and pieces of an erased submission."""
    if not record.id.startswith(PREFIX):
        return []
    try:
        files = read_submission(record).files
    except Refused:
        return []
    return [id for file in files for id in (file_id(file.digest), *piece_ids(file.digest, file.bytes))]


async def _list_erased_ids(store: Store) -> list[str]:
    return [
        record.id.removeprefix("erased:") async for record in iterate_records(store, Collection.FEEDBACK, "erased:")
    ]
