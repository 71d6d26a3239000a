"""One-time links to create the first administrator, to join, or to reset a password.

Records `invite:DIGEST(token)` of the collection `people`; the token itself is not stored.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from sync.canonical import base64url_encode, digest
from sync.errors import Gone
from sync.store.checked_writes import delete_records, ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records

LIFETIME = datetime.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AccountInvitation:
    """`account`: the account that gets a password; "" for the first administrator, who also chooses a name."""

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
        """Create a link and return its token; earlier links of the account are revoked."""
        await self.revoke(account)
        token = base64url_encode(self._random(24))
        body = {"account": account, "until": (self._clock() + LIFETIME).isoformat()}
        [outcome] = await self._store.write(Collection.PEOPLE, [Write(f"invite:{digest(token)}", body)])
        ensure_saved(outcome)
        return token

    async def get(self, token: str) -> AccountInvitation:
        """The invitation of a token. Raises the same Gone for a link that is unknown, used, replaced or expired."""
        record = await self._store.get(Collection.PEOPLE, f"invite:{digest(token)}")
        if record is None or str(record.body["until"]) < self._clock().isoformat():
            raise _gone()
        return _invitation_from_record(record)

    async def redeem(self, invitation: AccountInvitation) -> None:
        """Use the link up. Raises Gone if it was used meanwhile."""
        [outcome] = await self._store.write(Collection.PEOPLE, [Write(invitation.id, None, invitation.rev)])
        ensure_saved(outcome, _gone())

    async def revoke(self, account: str) -> None:
        """Delete the account's links, and all expired ones."""
        now = self._clock().isoformat()
        records = iterate_records(self._store, Collection.PEOPLE, "invite:")
        revoked = [
            record async for record in records if record.body["account"] == account or str(record.body["until"]) < now
        ]
        await delete_records(self._store, Collection.PEOPLE, revoked)


def _invitation_from_record(record: Record) -> AccountInvitation:
    return AccountInvitation(record.id, record.body["account"], record.body["until"], record.rev)


def _gone() -> Gone:
    return Gone("invite-gone", "Ce lien ne sert plus.", "Demandez-en un autre à la personne qui administre le site.")
