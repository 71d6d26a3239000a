"""What stands beside each edition for people: who published it, when, why, and what it cost. `published:EDITION` in the room `journal`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.publishing.publisher import Publication
from sync.store.contract import Collection, Store, Write


@dataclass(frozen=True, slots=True)
class PublicationEntry:
    """`of`: the older edition that was published again; "" for new texts."""

    edition: str
    who: str
    why: str
    when: str
    changed: int
    gone: int
    update: int
    new_phone: int
    of: str = ""


async def record_publication(
    store: Store, publication: Publication, actor: str, reason: str, when: str, of: str = ""
) -> None:
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
    """The notices of those editions that have one: the command line leaves none."""
    records = await store.get_many(Collection.JOURNAL, [f"published:{edition}" for edition in editions])
    return {
        id.partition(":")[2]: PublicationEntry(id.partition(":")[2], **record.body) for id, record in records.items()
    }
