"""What stands beside each edition for people: who published it, when, why, and what it cost. `published:EDITION` in the room `journal`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.publishing.publisher import Publication
from sync.store.contract import Collection, Store, Write


@dataclass(frozen=True, slots=True)
class Notice:
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


async def remember(store: Store, done: Publication, who: str, why: str, when: str, of: str = "") -> None:
    if done.edition is None:
        return
    body: dict[str, Any] = {
        "who": who,
        "why": why,
        "when": when,
        "changed": len(done.plan.delta.changes),
        "gone": len(done.plan.delta.gone),
        "update": done.cost.update,
        "new_phone": done.cost.new_phone,
        "of": of,
    }
    await store.write(Collection.JOURNAL, [Write(f"published:{done.edition.id}", body)])


async def recall(store: Store, editions: list[str]) -> dict[str, Notice]:
    """The notices of those editions that have one: the command line leaves none."""
    records = await store.get_many(Collection.JOURNAL, [f"published:{edition}" for edition in editions])
    return {id.partition(":")[2]: Notice(id.partition(":")[2], **record.body) for id, record in records.items()}
