"""One-time links: to make the first administrator, to join, to choose a new password. Only the digest of a link's secret is kept."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from sync.canonical import base64url_encode, digest
from sync.errors import Gone
from sync.store.contract import Collection, Record, Store, Write
from sync.store.ensure_saved import delete_records, ensure_saved
from sync.store.iteration import iterate_records

LIFETIME = datetime.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AccountInvitation:
    """`account`: whose password the link sets; "" for the first administrator, who chooses a name."""

    id: str
    account: str
    until: str
    rev: str


class AccountInvitations:
    def __init__(self, store: Store, clock: Callable[[], datetime.datetime], random: Callable[[int], bytes]) -> None:
        self._store = store
        self._clock = clock
        self._random = random

    async def create(self, account: str) -> str:
        """The secret of a new link; links made before for the same account end."""
        await self.revoke(account)
        token = base64url_encode(self._random(24))
        body = {"account": account, "until": (self._clock() + LIFETIME).isoformat()}
        [outcome] = await self._store.write(Collection.PEOPLE, [Write(f"invite:{digest(token)}", body)])
        ensure_saved(outcome)
        return token

    async def get(self, token: str) -> AccountInvitation:
        """Raises Gone for a link that was used, replaced, or is too old: which of these, nobody is told."""
        record = await self._store.get(Collection.PEOPLE, f"invite:{digest(token)}")
        if record is None or str(record.body["until"]) < self._clock().isoformat():
            raise Gone(
                "invite-gone", "Ce lien ne sert plus.", "Demandez-en un autre à la personne qui administre le site."
            )
        return _invitation_from_record(record)

    async def redeem(self, invitation: AccountInvitation) -> None:
        """Use the link up. Raises Gone when somebody else just did."""
        [outcome] = await self._store.write(Collection.PEOPLE, [Write(invitation.id, None, invitation.rev)])
        ensure_saved(
            outcome,
            Gone("invite-gone", "Ce lien ne sert plus.", "Demandez-en un autre à la personne qui administre le site."),
        )

    async def revoke(self, account: str) -> None:
        """End the account's links, and all that are too old."""
        now = self._clock().isoformat()
        records = iterate_records(self._store, Collection.PEOPLE, "invite:")
        old = [
            record async for record in records if record.body["account"] == account or str(record.body["until"]) < now
        ]
        await delete_records(self._store, Collection.PEOPLE, old)


def _invitation_from_record(record: Record) -> AccountInvitation:
    return AccountInvitation(record.id, record.body["account"], record.body["until"], record.rev)
