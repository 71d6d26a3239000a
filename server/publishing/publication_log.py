"""The publication log: for each edition the account that published it, the time, the reason and the download cost.

Records `published:EDITION` of the collection `journal`, each stored before its edition is announced, so that a process
that dies leaves no edition without a name. The audit log gets one entry for each edition, whoever enters it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.accounts.audit import AuditLog
from sync.editions.feed import Edition
from sync.editions.publishing import DownloadCost, PublicationPlan
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Store, Write


@dataclass(frozen=True, slots=True)
class PublicationNote:
    """The reason of a publication. `text`: short digest of the page on which `who` decided, "" without one.

    `older`: the edition that is published again, None for new texts.
    """

    who: str
    why: str
    text: str = ""
    older: Edition | None = None


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


@dataclass(frozen=True, slots=True)
class PublicationLog:
    store: Store
    audit: AuditLog

    async def store_entry(
        self, note: PublicationNote, plan: PublicationPlan, cost: DownloadCost, edition: Edition, now: datetime.datetime
    ) -> None:
        """Store the entry of a signed edition, unless another machine that signed the same one has."""
        body: dict[str, Any] = {
            "who": note.who,
            "why": note.why,
            "when": now.isoformat(timespec="seconds"),
            "changed": len(plan.delta.changes),
            "gone": len(plan.delta.gone),
            "update": cost.update,
            "new_phone": cost.new_phone,
            "of": note.older.id if note.older else "",
        }
        ensure_all_present(await self.store.write(Collection.JOURNAL, [Write(_entry_id(edition.id), body)]))

    async def enter_journal(self, note: PublicationNote, edition: Edition) -> None:
        """Enter an announced edition into the audit log; repeating it changes nothing."""
        statement = edition.statement
        moment = datetime.datetime.fromtimestamp(statement.number, datetime.UTC)
        action = "published-again" if note.older else "published"
        number = note.older.statement.number if note.older else statement.number
        detail: dict[str, Any] = {"why": note.why, "number": number} | ({"text": note.text} if note.text else {})
        await self.audit.record_once(edition.id, moment, note.who, action, statement.channel, **detail)

    async def complete_journal(self, note: PublicationNote, head: Edition) -> None:
        """Enter a head that was published for the reason of `note` by a process that died before it could."""
        entry = (await get_entries(self.store, [head.id])).get(head.id)
        if entry and (entry.who, entry.why) == (note.who, note.why):
            await self.enter_journal(note, head)


async def get_entries(store: Store, editions: Sequence[str]) -> dict[str, PublicationEntry]:
    """Log entries by edition id; editions published by the command line have none."""
    records = await store.get_many(Collection.JOURNAL, [_entry_id(edition) for edition in editions])
    return {
        id.partition(":")[2]: PublicationEntry(id.partition(":")[2], **record.body) for id, record in records.items()
    }


def _entry_id(edition: str) -> str:
    return f"published:{edition}"
