"""One-time links by which somebody of another organisation reads one alert before it leaves, and approves it or not.

Records `alert-guest:DIGEST(token)` of the collection `people`; the token itself is not stored. A link names one draft,
opens nothing else, ends after a day, and with the decision.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from server.alerts.drafts import AlertDraft, AlertDraftState
from sync.canonical import base64url_encode, digest
from sync.errors import BadRequest, Gone, Refused
from sync.store.checked_writes import delete_records, ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records

LIFETIME = datetime.timedelta(hours=24)
MAX_NAME = 80  # characters of a person with their organisation
_PREFIX = "alert-guest:"


@dataclass(frozen=True, slots=True)
class GuestInvitation:
    """`draft`: the alert to read. `name`: the person and their organisation, as `by`, who invites, wrote it."""

    id: str
    draft: str
    name: str
    by: str
    until: str
    rev: str


class GuestInvitations:
    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime.datetime],
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._random = random

    async def create(self, draft: AlertDraft, name: str, by: str) -> str:
        """Create a link and return its token; earlier links of the draft end. Raises BadRequest without a name."""
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME:
            raise BadRequest("guest-name", "Écrivez qui lira l’alerte : son nom et son organisation.")
        await self.revoke(draft.slug)
        token = base64url_encode(self._random(24))
        body = {"draft": draft.slug, "name": name, "by": by, "until": (self._clock() + LIFETIME).isoformat()}
        [outcome] = await self._store.write(Collection.PEOPLE, [Write(f"{_PREFIX}{digest(token)}", body)])
        ensure_saved(outcome)
        return token

    async def get(self, token: str) -> GuestInvitation:
        """The invitation of a token. Raises the same Gone for a link that is unknown, used, replaced or over."""
        record = await self._store.get(Collection.PEOPLE, f"{_PREFIX}{digest(token)}")
        if record is None or str(record.body["until"]) < self._clock().isoformat():
            raise guest_link_gone()
        return _invitation_from_record(record)

    async def redeem(self, invitation: GuestInvitation) -> None:
        """Use the link up. Raises Gone if it was used meanwhile."""
        [outcome] = await self._store.write(Collection.PEOPLE, [Write(invitation.id, None, invitation.rev)])
        ensure_saved(outcome, guest_link_gone())

    async def revoke(self, draft: str) -> None:
        """End the links of a draft, and delete those that are over."""
        now = self._clock().isoformat()
        records = iterate_records(self._store, Collection.PEOPLE, _PREFIX)
        ended = [record async for record in records if record.body["draft"] == draft or str(record.body["until"]) < now]
        await delete_records(self._store, Collection.PEOPLE, ended)


def with_guest_decision(draft: AlertDraft, guest: GuestInvitation, *, approves: bool) -> AlertDraft:
    """The draft with what the guest decided about its text. Raises Refused unless somebody asks for an approval."""
    if draft.state is not AlertDraftState.WAITING:
        raise Refused(
            "approval-not-asked",
            "Personne ne demande d’approuver ce texte : il n’est peut-être pas fini.",
            "Parlez-en à la personne qui l’écrit.",
        )
    if not approves:
        return replace(draft, state=AlertDraftState.DRAFT, approved_by="", approved="", declined_by=guest.name)
    return replace(draft, approved_by=guest.name, approved=draft.fingerprint)


def guest_link_gone() -> Gone:
    return Gone("guest-link-gone", "Ce lien ne sert plus.", "Demandez-en un autre à la personne qui écrit l’alerte.")


def _invitation_from_record(record: Record) -> GuestInvitation:
    body = record.body
    return GuestInvitation(record.id, body["draft"], body["name"], body["by"], body["until"], record.rev)
