"""The use case of alerts: check, store, publish the changed pages, start the fan-out; then schedules and expiry.

One node publishes and signs; an alert sent on another node is stored and waits for it. Used by the console and the
command line.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from server.accounts.audit import AuditLog
from server.alerts.display_counts import DisplayCounts
from server.alerts.drafts import AlertDraft, AlertDrafts, AlertDraftState, needs_second_approval, without_schedule
from server.alerts.library_cache import LibraryCache
from server.push import fanout_records
from server.push.delivery import Delivery, Message
from server.push.fanout import Fanout
from server.push.fanout_records import Broadcast
from server.push.push_transport import PushTransport
from server.push.subscriptions import Subscription, Subscriptions
from server.supervision.supervisor import BackgroundJob
from server.supervision.unreadable_records import UnreadableRecords
from server.web.app_state import Clock, HasApp
from sync.alerts.alert import Alert, is_in_force, replaced_slugs, story_of
from sync.alerts.audience import Audience
from sync.alerts.check import require_sendable
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import AlertText, alert_text, sign_payload
from sync.alerts.timestamps import format_timestamp, utc_seconds
from sync.content.library import build_library
from sync.content.schemas import from_fields, to_fields
from sync.content.stored import WITHDRAWN, library_from_store
from sync.editions.archive import Archive
from sync.editions.publishing import SigningKeys, publish
from sync.errors import Conflict, Refused, Unavailable
from sync.rendering.alert_pages_update import plan_alerts
from sync.rendering.channel_view import Assets
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Store, Write
from sync.store.following import Follower
from sync.store.iteration import iterate_records

log = logging.getLogger("kunnafoni.alerts")

FLUSH_INTERVAL = 2.0  # seconds between writes of the display counts
ALLOWANCE = 120.0  # seconds without a good turn: the longest wait is IDLE_INTERVAL
LONGEST_RETRY = 10.0  # seconds after a failure: a due alert is urgent
IDLE_INTERVAL = 30.0  # seconds between checks when nothing changes and nothing is due: the clock may be corrected
TEST_LIFETIME = 900  # seconds: a later test alert would only confuse
TEST_QUEUE_TIME = 2.0  # seconds that a test alert waits for a connection: a person looks at the button
MAX_TRIES = 5  # attempts to publish a channel that another process publishes at the same time
_PAGE_SIZE = 500
_MAX_CHANGES = 10_000


class AlertService:
    def __init__(self, push: PushTransport, store: Store, archive: Archive, assets: Assets, clock: Clock) -> None:
        self._push = push
        self._audit = AuditLog(store, clock)
        self.drafts = AlertDrafts(store)
        self._store = store
        self._archive = archive
        self._assets = assets
        self.clock = clock
        self._node = secrets.token_hex(8)
        self.display_counts = DisplayCounts(store, self._node)
        self.library_cache = LibraryCache(store, self.load_library)
        self._keys: SigningKeys | None = None
        self._fanout: Fanout | None = None
        self._unreadable = UnreadableRecords()

    @property
    def store(self) -> Store:
        return self._store

    def sign_with(self, keys: SigningKeys) -> None:
        """Make this process the one that publishes and signs."""
        self._keys = keys
        self._push.create_key()

    @property
    def can_sign(self) -> bool:
        return self._keys is not None

    @property
    def subscriptions(self) -> Subscriptions:
        return self._push.subscriptions

    @property
    def push_problem(self) -> Refused | None:
        """The error that keeps this node from sending push messages; None if it can send or need not."""
        return self._push.problem

    @property
    def fanout(self) -> Fanout | None:
        if self._fanout is None and self._push.sender:
            self._fanout = Fanout(self._store, self._push.sender, self._now, self._node)
        return self._fanout

    async def load_library(self) -> Library:
        """Load a library of site, topics, places and all sent alerts, without the site's texts.

        An alert that cannot be read is set aside.
        """
        records = await self._store.get_many(Collection.CONTENT, ["site", "topics"])
        for kind in ("places", "alert"):
            scan = iterate_records(self._store, Collection.CONTENT, f"{kind}:", page_size=_PAGE_SIZE)
            records.update([(record.id, record) async for record in scan])
        documents = []
        for record in records.values():
            try:
                if record.body.get("state") != WITHDRAWN:
                    kind = str(record.body["kind"])
                    documents.append((kind, from_fields(kind, record.body["fields"], record.id)))
            except Exception as error:
                if not record.id.startswith("alert:"):
                    raise
                self._unreadable.set_aside(record.id, record.rev, error)
        return build_library(documents)

    async def send(self, alert: Alert, actor: str, begun: str = "") -> Alert:
        """Store, publish and fan out an alert; return it with its time of sending. Idempotent: a repeat resumes.

        `begun`: when its first text was kept; "" if unknown, or if it left at an hour that somebody chose.

        Raises BadFolder if the alert cannot be sent, Refused if another alert has its slug.
        """
        library = await self.load_library()
        existing = library.alerts.get(alert.slug)
        if existing:
            if replace(existing, sent="", over=False) != replace(alert, sent="", over=False):
                raise Refused(
                    "alert-exists",
                    "Une autre alerte porte déjà le nom « {slug} ».",
                    "Donnez-en un autre.",
                    slug=alert.slug,
                )
            alert = existing
        else:
            now = self.clock()
            require_sendable(alert, library, now)
            alert = replace(alert, sent=format_timestamp(now))
            await self._save(alert, begun)
            await self._audit.record(
                actor, "alert-sent", alert.slug, status=alert.status, severity=alert.severity, message=alert.msgType
            )
        if self._keys:
            await self._publish_and_fan_out(alert, await self._library_with(library, alert), self._keys)
        return alert

    async def send_test(self, endpoint: str, language: Callable[[str], str]) -> Delivery:
        """Send a signed alert of status Test to one phone. Raises Unavailable if this node cannot sign or send."""
        record = await self.subscriptions.get(endpoint)
        if not self._keys or not self._push.sender:
            raise Unavailable("push-not-here", "Ce serveur n’envoie pas de message.", "Réessayez plus tard.")
        library = await self.load_library()
        now = int(self._now())
        text = AlertText(
            library.site.id,
            self._keys.epoch,
            f"essai-{secrets.token_hex(4)}",
            "essai",
            "Test",
            "Alert",
            record.body["channel"][:-3],
            language("Essai d’alerte"),
            language("Les alertes arrivent bien sur ce téléphone. Il n’y a pas de danger."),
            "",
            "Minor",
            now,
            now + TEST_LIFETIME,
        )
        message = Message(sign_payload(text, self._keys.signer).encode(), "Severe", text.root, text.expires)
        [delivery] = await self._push.sender.send([(record.id, record.body, message)], max_queue_time=TEST_QUEUE_TIME)
        return delivery

    async def send_in_force(self, subscription: Subscription, before: Mapping[str, Any] | None) -> list[Delivery]:
        """Send the alerts in force that a subscription asks for; `before`: its body until now, whose alerts it has."""
        sender = self._push.sender
        if sender is None:
            return []
        alerts = (await self.library_cache.get()).alerts
        replaced, now = replaced_slugs(alerts), int(self._now())
        running = [
            alert.slug
            for alert in alerts.values()
            if is_in_force(alert, replaced) and alert.status != "Test" and utc_seconds(alert.expires) > now
        ]
        broadcasts = [
            broadcast
            for broadcast in await fanout_records.load_broadcasts(self._store, running)
            if broadcast.audience.includes(subscription.body)
            and not (before is not None and broadcast.audience.includes(before))
        ]
        messages = [broadcast.message_for(subscription.channel) for broadcast in broadcasts]
        return await sender.send([(subscription.id, subscription.body, message) for message in messages])

    async def process_due(self) -> float:
        """Send due alerts, end expired ones, complete those that a crash interrupted; return seconds until the next.

        Raises an ExceptionGroup of those that failed, once all others were processed.
        """
        errors: list[Exception] = []
        scheduled = [draft for draft in await self.drafts.all() if draft.state is AlertDraftState.SCHEDULED]
        now = format_timestamp(self.clock())
        for draft in (draft for draft in scheduled if draft.at <= now):
            try:
                await self._send_scheduled(draft)
            except Exception as error:
                errors.append(error)
        running = await self._expire_and_complete(self._keys, errors) if self._keys else []
        if errors:
            raise ExceptionGroup("alerts that failed", errors)
        due_times = [draft.at for draft in scheduled if draft.at > now] + [alert.expires for alert in running]
        return min((max(0.0, utc_seconds(time) - self._now()) for time in due_times), default=IDLE_INTERVAL)

    def jobs(self, start: Callable[[BackgroundJob], object]) -> list[BackgroundJob]:
        """The jobs of alerts; `start` starts those of single broadcasts."""
        if self.push_problem:
            log.warning("push: %s", self.push_problem.code)
        due = Follower(self._store, Collection.CONTENT, self._handle_changes)
        return [
            BackgroundJob("alerts", due.turn, ALLOWANCE, longest_retry=LONGEST_RETRY),
            BackgroundJob("display-counts", self._flush_counts, ALLOWANCE),
            *([self.fanout.job(start)] if self.fanout else []),
        ]

    async def _send_scheduled(self, draft: AlertDraft) -> None:
        """Send a draft whose time has come; one that cannot leave stays, without its schedule, and is journaled."""
        try:
            alert = draft.to_alert()
            if needs_second_approval(alert, (await self.load_library()).alerts) and not draft.is_approved:
                raise Refused(
                    "approval-missing",
                    "Une deuxième personne doit approuver cette alerte.",
                    "Demandez-lui de l’ouvrir.",
                )
            await self.send(alert, draft.by)
        except Refused as error:
            log.warning("scheduled alert %s: %s", draft.slug, error.code)
            await self._audit.record(draft.by, "alert-not-sent", draft.slug, code=error.code)
            await self.drafts.save(without_schedule(draft))
        else:
            await self.drafts.finish(draft)

    async def _handle_changes(self, cursor: str | None) -> tuple[str, float]:
        end = await self._drain_changes(cursor)
        return end, min(await self.process_due(), IDLE_INTERVAL)

    async def _drain_changes(self, cursor: str | None) -> str:
        """Skip the changes of `content` so far; return the cursor after them."""
        while (changes := await self._store.changes(Collection.CONTENT, cursor, _MAX_CHANGES)).more:
            cursor = changes.cursor
        return changes.cursor

    async def _flush_counts(self) -> float:
        await self.display_counts.flush()
        return FLUSH_INTERVAL

    async def _expire_and_complete(self, keys: SigningKeys, errors: list[Exception]) -> list[Alert]:
        """End expired alerts, fan out unexpired ones that were not; return the unexpired ones.

        The errors of single alerts are added to `errors`.
        """
        library = await self.load_library()
        now = format_timestamp(self.clock())
        replaced = replaced_slugs(library.alerts)
        ended = [alert for alert in library.alerts.values() if not alert.over and alert.expires <= now]
        for alert in ended:
            await self._save(replace(alert, over=True))
        if ended:
            library = await self.load_library()
            await self._publish([alert for alert in ended if alert.slug not in replaced], library, keys)
        running = [alert for alert in library.alerts.values() if alert.expires > now]
        broadcasts = await self._store.get_many(
            Collection.PUSH, [f"{kind}:{alert.slug}" for alert in running for kind in ("sending", "sent")]
        )
        for alert in running:
            if f"sending:{alert.slug}" not in broadcasts and f"sent:{alert.slug}" not in broadcasts:
                try:
                    await self._publish_and_fan_out(alert, library, keys)
                except Exception as error:
                    errors.append(error)
        return running

    async def _publish_and_fan_out(self, alert: Alert, library: Library, keys: SigningKeys) -> None:
        """Publish the pages and start the fan-out. Idempotent."""
        await self._publish([alert, *story_of(alert, library.alerts).earlier], library, keys)
        payloads = {
            lang: sign_payload(
                alert_text(alert, lang, library, keys.epoch, language_of=self._assets.translator.language_of),
                keys.signer,
            )
            for lang in alert.info
        }
        root = story_of(alert, library.alerts).root
        expires = max(utc_seconds(alert.expires), int(self._now()) + 3600 if alert.msgType == "Cancel" else 0)
        audience = Audience.for_alert(alert, library.alerts)
        await fanout_records.start(
            self._store, Broadcast(alert.slug, root, alert.severity, expires, payloads, library.site.lang, audience)
        )
        if self._fanout:
            self._fanout.wake()

    async def _publish(self, alerts: Sequence[Alert], library: Library, keys: SigningKeys) -> None:
        channels = [
            channel
            for channel in library.site.channels
            if any(alert.concerns(channel.partition("-")[2]) and alert.status != "Test" for alert in alerts)
        ]
        await asyncio.gather(*(self._publish_channel(channel, library, keys) for channel in channels))

    async def _publish_channel(self, channel: str, library: Library, keys: SigningKeys) -> None:
        for attempt in range(MAX_TRIES):
            plan = await plan_alerts(
                self._archive, library, channel, self._assets, lambda: library_from_store(self._store)
            )
            if plan is None:
                return
            try:
                await publish(self._archive, plan, keys, library.site.id, self.clock())
                return
            except Conflict:
                if attempt == MAX_TRIES - 1:
                    raise

    async def _library_with(self, library: Library, alert: Alert) -> Library:
        return replace(library, alerts={**library.alerts, alert.slug: alert})

    async def load_beginnings(self, slugs: Sequence[str]) -> dict[str, str]:
        """Times at which the first texts of these sent alerts were kept, by slug, as far as they are known."""
        records = await self._store.get_many(Collection.CONTENT, [f"alert:{slug}" for slug in slugs])
        return {id.partition(":")[2]: begun for id, record in records.items() if (begun := record.body.get("begun"))}

    async def _save(self, alert: Alert, begun: str = "") -> None:
        """Store an alert. `begun` is kept beside its fields, and with every later change."""
        id = f"alert:{alert.slug}"
        current = await self._store.get(Collection.CONTENT, id)
        begun = begun or (current.body.get("begun", "") if current else "")
        body = {"kind": "alert", "fields": to_fields("alert", alert), **({"begun": begun} if begun else {})}
        [outcome] = await self._store.write(Collection.CONTENT, [Write(id, body, current.rev if current else None)])
        ensure_saved(
            outcome, Conflict("alert-changed", "Cette alerte vient d’être écrite ailleurs.", "Rechargez la page.")
        )

    def _now(self) -> float:
        return self.clock().timestamp()


def alerts_of(request: HasApp) -> AlertService:
    alerts: AlertService = request.app.state.alerts
    return alerts
