"""Erasure of a submission with its attachments, notes and answer. Its id stays recorded, so a late copy is refused."""

from __future__ import annotations

from collections.abc import Sequence

from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Store, Write
from sync.store.iteration import iterate_range
from sync.submissions.inbox import file_id, piece_ids
from sync.submissions.submission import parse_submission

RELATED_KINDS = ("received", "note", "receipt", "answer", "handling")


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
        for file in parse_submission(record.body["text"]).files:
            ids += [file_id(file.digest), *piece_ids(file.digest, file.bytes)]
    if ids:
        await store.erase(Collection.FEEDBACK, ids)
