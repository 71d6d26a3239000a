"""The publication log: for each edition the account that published it, the time, the reason and the download cost.

Records `published:EDITION` of the collection `journal`. Used by the console, PublishRequests and PublicationSchedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.accounts.audit import AuditLog
from server.publishing.publisher import Publication
from sync.store.contract import Collection, Store, Write


@dataclass(frozen=True, slots=True)
class PublicationEntry:
    """`changed`, `gone`: counts of pages. `update`, `new_phone`: bytes to download.

    `of`: the older edition that was published again, "" for new texts.
    """

    edition: str
    who: str
    why: str
    when: str
    changed: int
    gone: int
    update: int
    new_phone: int
    of: str = ""


async def record_publications(
    store: Store,
    audit: AuditLog,
    publications: Sequence[Publication],
    actor: str,
    reason: str,
    when: str,
    **detail: str,
) -> None:
    """Store an entry of the log, and one of the journal with `detail`, for each channel that changed."""
    for publication in publications:
        if not publication.plan.is_unchanged:
            await record_publication(store, publication, actor, reason, when)
            number = publication.edition.statement.number if publication.edition else 0
            await audit.record(actor, "published", publication.plan.channel, why=reason, number=number, **detail)


async def record_publication(
    store: Store, publication: Publication, actor: str, reason: str, when: str, of: str = ""
) -> None:
    """Store the log entry of an edition; does nothing for a plan without one."""
    if publication.edition is None:
        return
    body: dict[str, Any] = {
        "who": actor,
        "why": reason,
        "when": when,
        "changed": len(publication.plan.delta.changes),
        "gone": len(publication.plan.delta.gone),
        "update": publication.cost.update,
        "new_phone": publication.cost.new_phone,
        "of": of,
    }
    await store.write(Collection.JOURNAL, [Write(f"published:{publication.edition.id}", body)])


async def get_entries(store: Store, editions: list[str]) -> dict[str, PublicationEntry]:
    """Log entries by edition id; editions published by the command line have none."""
    records = await store.get_many(Collection.JOURNAL, [f"published:{edition}" for edition in editions])
    return {
        id.partition(":")[2]: PublicationEntry(id.partition(":")[2], **record.body) for id, record in records.items()
    }
