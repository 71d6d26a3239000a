"""The use case of foreign alerts: a CAP message is received, shown with its state, and becomes a draft of ours.

Used by the console, the command line and the watch over feeds. A draft goes the way of every alert.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from anyio import to_thread

from server.alerts.drafts import AlertDraft
from server.alerts.received_alerts import ReceivedAlert, ReceivedAlerts, receive_message
from server.alerts.service import AlertService
from server.alerts.watched_feeds import WatchedFeed, WatchedFeeds
from server.web.app_state import HasApp
from sync.alerts.alert import Alert, is_in_force, replaced_slugs
from sync.alerts.cap_draft import CapDraft, draft_from_cap, origin_fields
from sync.alerts.cap_message import CapMessage, Reference
from sync.alerts.cap_places import find_message_places
from sync.alerts.follow_up import follow_up_fields
from sync.alerts.timestamps import format_timestamp
from sync.errors import Conflict, NotFound, Refused
from sync.locale import N_, Language

LanguageOf = Callable[[str], Language]


class ReceivedState(StrEnum):
    NEW = "new"  # in force, and not yet a draft
    UPDATES = "updates"  # changes a message that an alert of ours relays
    ENDS = "ends"  # ends one
    DRAFTED = "drafted"
    SENT = "sent"
    EXPIRED = "expired"
    REPLACED = "replaced"  # by a later message of its sender
    IDLE = "idle"  # ends what nobody here relayed
    REFUSED = "refused"


DRAFTABLE = frozenset({ReceivedState.NEW, ReceivedState.UPDATES, ReceivedState.ENDS})
RECEIVED_SENTENCES = {
    ReceivedState.NEW: N_("Nouveau"),
    ReceivedState.UPDATES: N_("Change une alerte que ce site relaie"),
    ReceivedState.ENDS: N_("Met fin à une alerte que ce site relaie"),
    ReceivedState.DRAFTED: N_("Ce message est déjà un brouillon."),
    ReceivedState.SENT: N_("Ce message est déjà relayé."),
    ReceivedState.EXPIRED: N_("Ce message a pris fin : il ne devient plus un brouillon."),
    ReceivedState.REPLACED: N_("Un message plus récent remplace celui-ci."),
    ReceivedState.IDLE: N_("Rien de ce que ce message annule n’est en cours ici."),
    ReceivedState.REFUSED: N_("Ce message est refusé."),
}


@dataclass(frozen=True, slots=True)
class ReceivedSituation:
    """Drafts, alerts and messages on which the states of messages depend.

    `now`: timestamp. `drafts`, `sent`: slugs by the message that they relay. `in_force`: alerts of ours that relay one.
    `drafted`: message and slug of an alert of ours that a draft changes or ends with it. `replaced`: feed and reference
    of messages that a later one names.
    """

    now: str
    drafts: Mapping[Reference, str]
    drafted: frozenset[tuple[Reference, str]]
    sent: Mapping[Reference, str]
    in_force: tuple[Alert, ...]
    replaced: frozenset[tuple[str, Reference]]

    def targets(self, received: ReceivedAlert) -> list[Alert]:
        """The alerts of ours that an update or a cancel is about, and that no draft changes with it yet.

        A message of others may refer to several; each of ours tells one story, and is changed alone.
        """
        if received.msg_type == "Alert" or received.reasons:
            return []
        return [
            alert
            for alert in self.in_force
            if alert.origin
            and (alert.origin.sender, alert.origin.identifier) in received.references
            and (received.reference, alert.slug) not in self.drafted
        ]

    def state_of(self, received: ReceivedAlert) -> ReceivedState:
        if received.reasons:
            return ReceivedState.REFUSED
        targets = self.targets(received)
        if not targets and received.reference in self.drafts:
            return ReceivedState.DRAFTED
        if not targets and received.reference in self.sent:
            return ReceivedState.SENT
        is_cancel = received.msg_type == "Cancel"
        if (received.feed, received.reference) in self.replaced or ("", received.reference) in self.replaced:
            return ReceivedState.REPLACED
        if received.expires and received.expires <= self.now and not is_cancel:
            return ReceivedState.EXPIRED
        if targets:
            return ReceivedState.ENDS if is_cancel else ReceivedState.UPDATES
        return ReceivedState.IDLE if is_cancel else ReceivedState.NEW


class CapIntake:
    def __init__(self, service: AlertService) -> None:
        self._service = service
        self.received = ReceivedAlerts(service.store)
        self.feeds = WatchedFeeds(service.store)

    async def take_in(self, raw: bytes, address: str, feed: WatchedFeed | None = None) -> ReceivedAlert:
        """Receive a message, or say why it is refused. One that is here already is not received twice."""
        library = await self._service.load_library()
        received, message = await to_thread.run_sync(
            receive_message,
            raw,
            address,
            feed.id if feed else "",
            feed.certificate if feed else "",
            self._service.clock(),
        )
        if message is not None:
            found = await to_thread.run_sync(find_message_places, message, library)
            received = replace(received, places=found.codes, is_elsewhere=found.is_elsewhere)
        if not await self.received.save(received, raw if message else b""):
            return await self.received.get(received.id)
        return received

    async def load_situation(self) -> ReceivedSituation:
        alerts = (await self._service.load_library()).alerts
        ours = replaced_slugs(alerts)
        drafts = [
            ((str(origin["sender"]), str(origin["identifier"])), draft)
            for draft in await self._service.drafts.all()
            if (origin := draft.fields.get("origin"))
        ]
        return ReceivedSituation(
            format_timestamp(self._service.clock()),
            {reference: draft.slug for reference, draft in drafts},
            frozenset(
                (reference, str(slug)) for reference, draft in drafts for slug in draft.fields.get("references", ())
            ),
            {
                (alert.origin.sender, alert.origin.identifier): alert.slug
                for alert in sorted(alerts.values(), key=lambda alert: alert.sent)
                if alert.origin
            },
            tuple(alert for alert in alerts.values() if alert.origin and is_in_force(alert, ours)),
            frozenset(
                (later.feed, reference)
                for later in await self.received.all()
                if not later.reasons and later.msg_type != "Alert"
                for reference in later.references
                if reference[0] == later.sender
            ),
        )

    async def propose(self, received: ReceivedAlert) -> CapDraft:
        """The draft that a message gives, with the fields that stay open."""
        message = await self.received.read_message(received)
        library = await self._service.load_library()
        lang = await self._language_of_feed(received)
        return draft_from_cap(message, received.message, received.places, library, lang)

    async def make_draft(
        self, received: ReceivedAlert, actor: str, language_of: LanguageOf, target: str = ""
    ) -> AlertDraft:
        """Save a draft by `actor` that relays a message. `target`: slug of the alert that it updates or ends.

        Raises Refused for a message that cannot become one, Conflict if the alert is no longer in force.
        """
        situation = await self.load_situation()
        state = situation.state_of(received)
        if state not in DRAFTABLE:
            raise Refused("received-state", RECEIVED_SENTENCES[state], "Rechargez la page.")
        message = await self.received.read_message(received)
        if state is ReceivedState.NEW:
            fields = dict((await self.propose(received)).fields)
        else:
            targets = {alert.slug: alert for alert in situation.targets(received)}
            if target not in targets:
                raise Conflict(
                    "alert-not-in-force",
                    "Cette alerte n’est plus en cours : il n’y a rien à changer.",
                    "Rechargez la page.",
                )
            fields = await self._follow_up(received, message, targets[target], language_of)
        now = self._service.clock()
        slug = f"{now:%Y-%m-%d}-{secrets.token_hex(3)}"
        return await self._service.drafts.save(AlertDraft(slug, fields, actor, begun=format_timestamp(now)))

    async def is_outdated(self, draft: AlertDraft) -> bool:
        """True if its sender has changed or ended the message that a draft relays."""
        return bool(draft.fields.get("origin")) and _is_outdated(draft, await self.load_situation())

    async def drop_ended_drafts(self) -> list[str]:
        """Drop drafts that nobody wrote, once their message has ended or was replaced; returns their slugs."""
        situation = await self.load_situation()
        dropped = []
        for draft in await self._service.drafts.all():
            if draft.by or not draft.fields.get("origin"):
                continue
            if _is_outdated(draft, situation) or "" < str(draft.fields.get("expires", "")) <= situation.now:
                await self._service.drafts.delete(draft)
                dropped.append(draft.slug)
        return dropped

    async def _follow_up(
        self, received: ReceivedAlert, message: CapMessage, alert: Alert, language_of: LanguageOf
    ) -> dict[str, Any]:
        fields = follow_up_fields(alert, message.msg_type, language_of)
        if message.msg_type == "Cancel":
            places = alert.origin.geocode if alert.origin else ()
            return fields | {"origin": origin_fields(message, received.message, places)}
        proposal = dict((await self.propose(received)).fields)
        kept = {name: fields[name] for name in ("msgType", "references", "topic") if name in fields}
        return proposal | kept

    async def _language_of_feed(self, received: ReceivedAlert) -> str:
        try:
            return (await self.feeds.get(received.feed)).lang if received.feed else ""
        except NotFound:
            return ""


def _is_outdated(draft: AlertDraft, situation: ReceivedSituation) -> bool:
    origin = draft.fields["origin"]
    return any(reference == (origin["sender"], origin["identifier"]) for _, reference in situation.replaced)


def cap_intake_of(request: HasApp) -> CapIntake:
    cap_intake: CapIntake = request.app.state.cap_intake
    return cap_intake
