"""Erasure of a submission with its attachments, notes and answer. Its id stays recorded, so a late copy is refused."""

from __future__ import annotations

from collections.abc import Sequence

from sync.errors import Refused
from sync.store.checked_writes import ensure_all_present, ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_pages, iterate_range
from sync.submissions.attachments import file_id, piece_ids
from sync.submissions.record_admission import read_submission
from sync.submissions.submission import Attachment

RELATED_KINDS = ("received", "note", "receipt", "answer", "handling", "rumour-member")
PAGE_SIZE = 500


async def record_erasure(store: Store, id: str, day: str, why: str) -> None:
    """Record that the id is erased, so that it is refused from now on.

    `why`: `withdrawn`, `asked` or `kept-long-enough`. Raises Unavailable.
    """
    ensure_all_present(await store.write(Collection.FEEDBACK, [Write(f"erased:{id}", {"day": day, "why": why})]))


async def erase_records(store: Store, id: str, record_ids: Sequence[str]) -> None:
    """Erase the submission's records and those related to it, also when a replica or a race restored them."""
    records = await store.get_many(Collection.FEEDBACK, record_ids)
    ids = list(record_ids)
    for kind in RELATED_KINDS:
        async for page in iterate_range(store, Collection.FEEDBACK, f"{kind}:{id}", f"{kind}:{id};"):
            ids += [record.id for record in page]
    for record in records.values():
        ids += _attachment_ids(_attachments_of(record))
    if ids:
        await store.erase(Collection.FEEDBACK, ids)


async def erase_quarantined(store: Store, record: Record) -> None:
    """Erase one record that was not admitted, with attachments that no other record names.

    Its id is not recorded as erased: the record may bear the id of an honest submission that is still on its way.
    Raises Conflict if the record changed since it was read, Unavailable if the deletion is not durable.
    """
    files = _attachments_of(record)
    [outcome] = await store.write(Collection.FEEDBACK, [Write(record.id, None, record.rev)])
    ensure_saved(outcome)
    await store.erase(Collection.FEEDBACK, [record.id, *_attachment_ids(await _unshared(store, files))])


async def _unshared(store: Store, files: Sequence[Attachment]) -> list[Attachment]:
    """The attachments whose digest stands in no submission's record."""
    remaining = {file.digest: file for file in files}
    if not remaining:
        return []
    async for page in iterate_pages(store, Collection.FEEDBACK, "submission:", page_size=PAGE_SIZE):
        for record in page if remaining else ():
            text = str(record.body.get("text", ""))
            remaining = {name: file for name, file in remaining.items() if name not in text}
    return list(remaining.values())


def _attachments_of(record: Record) -> Sequence[Attachment]:
    """The attachments of a record's submission; none if the record is not that of its id."""
    try:
        return read_submission(record).files
    except Refused:
        return ()


def _attachment_ids(files: Sequence[Attachment]) -> list[str]:
    return [id for file in files for id in (file_id(file.digest), *piece_ids(file.digest, file.bytes))]
