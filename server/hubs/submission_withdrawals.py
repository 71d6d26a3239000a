"""What somebody took back at a hub, carried up: `withdrawal:{id}` with the secret that proves it, so that a stolen hub erases nothing.

The hub erases at once. Headquarters checks the secret, erases, and the id's `erased:` record goes to all hubs.
"""

from __future__ import annotations

import datetime
from typing import Protocol

from server.hubs.join import get_membership
from sync.errors import NotFound
from sync.store.contract import Collection, Store, Write
from sync.store.ensure_saved import ensure_all_present
from sync.store.iteration import iterate_records

RETENTION = datetime.timedelta(days=90)  # as long as a courier may be on the way with the answer itself


class WithdrawalHandler(Protocol):
    async def withdraw(self, id: str, secret: str) -> None: ...


async def record_withdrawal(store: Store, id: str, secret: str, today: str) -> None:
    """On a hub; elsewhere there is nothing to carry. Raises Unavailable: who hears "taken back" can count on headquarters hearing of it."""
    if await get_membership(store):
        ensure_all_present(
            await store.write(Collection.FEEDBACK, [Write(f"withdrawal:{id}", {"secret": secret, "day": today})])
        )


async def apply_withdrawals(store: Store, inbox: WithdrawalHandler, today: str) -> int:
    """At headquarters: erase what was taken back. How many. What has not arrived is waited for."""
    done = 0
    oldest = (datetime.date.fromisoformat(today) - RETENTION).isoformat()
    async for record in iterate_records(store, Collection.FEEDBACK, "withdrawal:"):
        try:
            await inbox.withdraw(record.id.removeprefix("withdrawal:"), str(record.body.get("secret", "")))
        except NotFound:
            if str(record.body.get("day", "")) > oldest:
                continue
        else:
            done += 1
        await store.erase(Collection.FEEDBACK, [record.id])
    return done


async def drop_old(store: Store, today: str) -> None:
    """On a hub: what went up long ago."""
    oldest = (datetime.date.fromisoformat(today) - RETENTION).isoformat()
    old = [
        record.id
        async for record in iterate_records(store, Collection.FEEDBACK, "withdrawal:")
        if str(record.body.get("day", "")) <= oldest
    ]
    if old:
        await store.erase(Collection.FEEDBACK, old)
