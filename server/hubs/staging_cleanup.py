"""Emptying, at headquarters, the databases that stand between: what a hub sent goes once headquarters has it, what was erased goes at once.

CouchDB does not replicate purges, so whoever keeps a copy erases for itself: headquarters here, each hub when it learns of `erased:…`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from server.hubs import replications
from server.hubs.headquarters import list_hub_names
from sync.errors import Refused
from sync.store.administration import CouchAdmin
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records
from sync.store.limits import json_equal
from sync.submissions.inbox import file_id, piece_ids
from sync.submissions.record_ids import PREFIX, submission_id_of
from sync.submissions.submission import parse_submission

PAGE_SIZE = 200
RecordIdLookup = Callable[
    [str], str | None
]  # the record in which headquarters has a submission: it may have come by another road too
FILE_PREFIX = "file:"  # here it also says whether all pieces came


async def clean_up(couch: CouchAdmin, store: Store, name_of: RecordIdLookup) -> int:
    """How many documents went."""
    erased = await _list_erased_ids(store)
    gone = await couch.purge(
        replications.down_database(couch.prefix),
        [f"{kind}:{id}" for kind in ("receipt", "answer") for id in erased],
    )
    names = await list_hub_names(couch)
    if names:  # without hubs there is no database to look into
        gone += await _purge_alert_drafts(couch)
    for name in names:
        box = replications.up_database(couch.prefix, name)
        for start in ("file:", "piece:", "received:", "submission:", "withdrawal:"):
            gone += await couch.purge(box, await _find_completed(couch, box, store, start, name_of))
    return gone


async def _purge_alert_drafts(couch: CouchAdmin) -> int:
    """Purge drafts of alerts from `down`: earlier releases replicated them."""
    down = replications.down_database(couch.prefix)
    drafts = couch.iterate_records(down, "alert-draft:", "alert-draft;", PAGE_SIZE)
    return await couch.purge(down, [record.id async for record in drafts])


async def _find_completed(couch: CouchAdmin, box: str, store: Store, start: str, name_of: RecordIdLookup) -> list[str]:
    """Ids of the box that headquarters has, or has erased."""
    found: list[str] = []
    page: list[Record] = []
    async for record in couch.iterate_records(box, start, start[:-1] + ";", PAGE_SIZE):
        page.append(record)
        if len(page) == PAGE_SIZE:
            found += await _select_completed(page, store, name_of)
            page = []
    return found + (await _select_completed(page, store, name_of) if page else [])


async def _select_completed(page: Sequence[Record], store: Store, name_of: RecordIdLookup) -> list[str]:
    here = [
        name_of(submission_id_of(record.id)) or record.id if record.id.startswith(PREFIX) else record.id
        for record in page
    ]
    held = await store.get_many(Collection.FEEDBACK, here)
    marks = [f"erased:{submission_id_of(record.id)}" for record in page]
    erased = await store.get_many(Collection.FEEDBACK, marks)
    found: list[str] = []
    for record, name, mark in zip(page, here, marks, strict=True):
        if mark in erased:
            found += [record.id, *_file_record_ids(record)]
        elif name in held and (name.startswith(FILE_PREFIX) or json_equal(record.body, held[name].body)):
            found.append(record.id)
    return found


def _file_record_ids(record: Record) -> list[str]:
    """What belongs to an erased submission."""
    if not record.id.startswith(PREFIX):
        return []
    try:
        files = parse_submission(str(record.body.get("text", ""))).files
    except Refused:
        return []
    return [id for file in files for id in (file_id(file.digest), *piece_ids(file.digest, file.bytes))]


async def _list_erased_ids(store: Store) -> list[str]:
    return [
        record.id.removeprefix("erased:") async for record in iterate_records(store, Collection.FEEDBACK, "erased:")
    ]
