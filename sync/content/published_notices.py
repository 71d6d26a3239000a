"""The notices behind published pages: `notice:DIGEST` in the collection `editions`, by the digest of the page.

Written before an edition is announced, so that others read the words of the page that is served and never a text that
is approved and not yet published. Deleted with their pages (`Archive.prune`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sync.content.schemas import from_fields, to_fields
from sync.documents.model import Notice
from sync.errors import BadContent, BadFolder
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Store, Write

PREFIX = "notice:"
BATCH_SIZE = 200  # records of one write


async def save_published_notices(store: Store, notices: Mapping[str, Notice]) -> None:
    """Keep each notice under the digest of its page, unless it is there."""
    kept = await store.get_many(Collection.EDITIONS, [PREFIX + digest for digest in notices])
    writes = [
        Write(PREFIX + digest, {"fields": to_fields("notice", notice)})
        for digest, notice in notices.items()
        if PREFIX + digest not in kept
    ]
    for start in range(0, len(writes), BATCH_SIZE):
        ensure_all_present(await store.write(Collection.EDITIONS, writes[start : start + BATCH_SIZE]))


async def load_published_notices(store: Store, digests: Iterable[str]) -> dict[str, Notice]:
    """The notices of these pages by digest. One that is not here yet, or that this program cannot read, is left out."""
    records = await store.get_many(Collection.EDITIONS, [PREFIX + digest for digest in digests])
    notices: dict[str, Notice] = {}
    for id, record in records.items():
        try:
            notice = from_fields("notice", record.body["fields"], id)
        except (BadContent, BadFolder, KeyError):
            continue
        if isinstance(notice, Notice):
            notices[id.removeprefix(PREFIX)] = notice
    return notices
