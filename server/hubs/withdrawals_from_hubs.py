"""Withdrawals made at a hub: records `withdrawal:{id}` with the sender's secret, replicated to headquarters.

The hub erases at once. Headquarters checks the secret, so that a stolen hub can erase nothing, then erases too; the
`erased:` record replicates to all hubs.
"""

from __future__ import annotations

import datetime
import logging
from typing import Protocol

from server.hubs.join import get_membership
from server.supervision.unreadable_records import UnreadableRecords
from sync.errors import NotFound, Unavailable
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Store, Write
from sync.store.iteration import iterate_records
from sync.submissions.related_records import withdrawal_from_record

log = logging.getLogger("kunnafoni.hubs")

RETENTION = datetime.timedelta(days=90)  # as long as a courier may take with the submission itself


class WithdrawalHandler(Protocol):
    async def withdraw(self, id: str, secret: str) -> None: ...


async def record_withdrawal(store: Store, id: str, secret: str, today: str) -> None:
    """Store a withdrawal on a hub; do nothing elsewhere.

    Returns only once the record is durable, so headquarters will receive it. Raises Unavailable otherwise.
    """
    if await get_membership(store):
        ensure_all_present(
            await store.write(Collection.FEEDBACK, [Write(f"withdrawal:{id}", {"secret": secret, "day": today})])
        )


async def apply_withdrawals(
    store: Store, inbox: WithdrawalHandler, today: str, unreadable: UnreadableRecords | None = None
) -> int:
    """Erase withdrawn submissions at headquarters; return their number. Those that have not arrived are kept.

    A malformed record is erased: nobody could complete it.
    """
    unreadable = unreadable or UnreadableRecords()
    erased_count = 0
    oldest = (datetime.date.fromisoformat(today) - RETENTION).isoformat()
    async for record in iterate_records(store, Collection.FEEDBACK, "withdrawal:"):
        if withdrawal := withdrawal_from_record(record):
            try:
                await inbox.withdraw(withdrawal.id, withdrawal.secret)
            except NotFound:
                if withdrawal.day > oldest:
                    continue
            except Unavailable:
                raise
            except Exception as error:  # the submission cannot be read, so neither can its secret
                unreadable.set_aside(record.id, record.rev, error)
                continue
            else:
                erased_count += 1
        else:
            log.warning("withdrawal: %s is malformed", record.id)
        await store.erase(Collection.FEEDBACK, [record.id])
    return erased_count


async def drop_old(store: Store, today: str) -> None:
    """Erase withdrawals older than RETENTION on a hub, and malformed ones."""
    oldest = (datetime.date.fromisoformat(today) - RETENTION).isoformat()
    old = [
        record.id
        async for record in iterate_records(store, Collection.FEEDBACK, "withdrawal:")
        if (withdrawal := withdrawal_from_record(record)) is None or withdrawal.day <= oldest
    ]
    if old:
        await store.erase(Collection.FEEDBACK, old)
