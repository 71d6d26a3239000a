"""Scheduled publications: approved plans that a job of the publishing node publishes at their hour.

Records `scheduled:{time}:{random}` of the collection `content`, which hubs do not receive. Each keeps the pages that a
coordinator saw. If anything but an alert has changed by then, nothing is published, and the record says why.
"""

from __future__ import annotations

import datetime
import logging
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from server.accounts.account import PUBLISHERS, Accounts
from server.accounts.audit import AuditLog
from server.publishing.publication_log import PublicationNote
from server.publishing.publisher import Publication, Publisher
from server.publishing.stored_error import error_from_fields, error_to_fields
from server.supervision.unreadable_records import UnreadableRecords
from server.web.app_state import Clock, HasApp
from sync.alerts.timestamps import format_timestamp, is_between, parse_timestamp
from sync.canonical import canonical, digest
from sync.editions.archive import Archive
from sync.editions.manifest import Manifest
from sync.editions.page import SHELL
from sync.editions.publishing import PublicationPlan, SigningKeys
from sync.errors import Conflict, KunnafoniError, NotFound, Refused, Unavailable
from sync.rendering.alert_pages_update import digests_without_alerts
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records

log = logging.getLogger("kunnafoni.publishing")

PREFIX = "scheduled:"
LONGEST_WAIT = datetime.timedelta(days=90)  # between the approval and the hour
LATEST = datetime.timedelta(days=1)  # after the hour, for a server that was down: then a person decides anew
CHECK_INTERVAL = 30.0  # seconds between two looks at the clock
MAX_NAMED = 5  # pages that a refusal names: texts before the lists and menus that name them
TEXTS = ("guides/", "notices/", "recommendations/")


class ScheduleState(StrEnum):
    WAITING = "waiting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ChannelPages:
    """The pages of a channel that the person saw change, without alerts.

    `before`, `after`: digests of all pages of the head and of the plan. `changes`: digests by path, "" for a page that
    goes.
    """

    before: str
    after: str
    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScheduledPublication:
    """`at`: UTC timestamp. `seen`: short digest of the page on which `who` decided. `error`: why it was stopped."""

    id: str
    who: str
    when: str
    why: str
    at: str
    seen: str
    channels: Mapping[str, ChannelPages]
    state: ScheduleState = ScheduleState.WAITING
    error: KunnafoniError | None = None
    rev: str | None = field(default=None, compare=False)


@dataclass
class PublicationSchedule:
    store: Store
    archive: Archive
    publisher: Publisher
    accounts: Accounts
    audit: AuditLog
    clock: Clock

    def __post_init__(self) -> None:
        self._unreadable = UnreadableRecords()

    async def schedule(
        self, actor: str, at: str, reason: str, seen: str, publications: Sequence[Publication]
    ) -> ScheduledPublication:
        """Store the plans for publication at `at`, an UTC timestamp. Raises Refused for a time that cannot be."""
        now = self.clock()
        if not is_between(at, now, now + LONGEST_WAIT):
            raise Refused(
                "publication-moment",
                "Ce moment n’est pas possible.",
                "Choisissez un moment à venir, dans les trois mois.",
            )
        scheduled = ScheduledPublication(
            f"{PREFIX}{at}:{secrets.token_hex(4)}",
            actor,
            format_timestamp(now),
            reason,
            at,
            seen,
            {each.plan.channel: await self._pages_of(each.plan) for each in publications},
        )
        [outcome] = await self.store.write(Collection.CONTENT, [Write(scheduled.id, _to_body(scheduled))])
        ensure_saved(outcome)
        await self.audit.record(actor, "publication-scheduled", at=at, why=reason, text=seen)
        return scheduled

    async def get(self, id: str) -> ScheduledPublication:
        """Raises NotFound for one that was published, cancelled, or never was, Refused for one that cannot be read."""
        record = await self.store.get(Collection.CONTENT, id) if id.startswith(PREFIX) else None
        if record is None:
            raise NotFound("schedule-unknown", "Cette publication n’est plus programmée.", "Rechargez la page.")
        try:
            return _from_record(record)
        except Exception as error:
            self._unreadable.set_aside(record.id, record.rev, error)
            raise Refused(
                "schedule-unreadable",
                "Cette publication programmée est abîmée : elle ne partira pas.",
                "Programmez-la de nouveau.",
            ) from error

    async def list_all(self) -> list[ScheduledPublication]:
        """All that wait or were stopped, by their hour. Those that cannot be read are set aside."""
        return [scheduled async for scheduled in self._iterate()]

    async def cancel(self, scheduled: ScheduledPublication, actor: str, seen: str) -> None:
        """Delete it; one that leaves at this very moment is published. Raises Conflict if it has changed."""
        [outcome] = await self.store.write(Collection.CONTENT, [Write(scheduled.id, None, scheduled.rev)])
        ensure_saved(outcome, _changed_meanwhile())
        await self.audit.record(actor, "publication-unscheduled", at=scheduled.at, why=scheduled.why, text=seen)

    async def process_due(self, keys: SigningKeys) -> float:
        """Publish what is due; returns the seconds until the next look.

        Raises what a repetition may mend, once all that is due has been tried.
        """
        now = self.clock()
        due = [each for each in await self.list_all() if each.state is ScheduleState.WAITING]
        errors: list[Exception] = []
        for scheduled in due:
            if scheduled.at <= format_timestamp(now):
                try:
                    await self._publish_or_stop(keys, scheduled)
                except Exception as error:
                    errors.append(error)
        if errors:
            raise errors[0] if len(errors) == 1 else ExceptionGroup("scheduled publications", errors)
        waits = [(parse_timestamp(each.at) - now).total_seconds() for each in due]
        return min([CHECK_INTERVAL, *(wait for wait in waits if wait > 0)])

    async def _publish_or_stop(self, keys: SigningKeys, scheduled: ScheduledPublication) -> None:
        try:
            if parse_timestamp(scheduled.at) < self.clock() - LATEST:
                raise Refused(
                    "schedule-too-late",
                    "Le serveur était arrêté à l’heure dite, et plus d’un jour a passé.",
                    "Regardez ce qui va partir, puis publiez.",
                )
            await self._require_publisher(scheduled.who)
            await self._publish(keys, scheduled)
        except (Unavailable, Conflict):
            raise  # it stays, and the job tries again
        except KunnafoniError as error:
            log.warning("scheduled publication %s: %s", scheduled.id, error.code)
            body = {**_to_body(scheduled), "state": ScheduleState.STOPPED.value, "error": error_to_fields(error)}
            [outcome] = await self.store.write(Collection.CONTENT, [Write(scheduled.id, body, scheduled.rev)])
            ensure_saved(outcome, _changed_meanwhile())
            await self.audit.record(scheduled.who, "publication-stopped", code=error.code, why=scheduled.why)
        else:
            [outcome] = await self.store.write(Collection.CONTENT, [Write(scheduled.id, None, scheduled.rev)])
            ensure_saved(outcome, _changed_meanwhile())

    async def _require_publisher(self, name: str) -> None:
        """Raise Refused unless the person who decided may still publish."""
        account = await self.accounts.find(name)
        if account is None or account.closed or account.role not in PUBLISHERS:
            raise Refused(
                "schedule-account",
                "Le compte {name}, qui avait programmé cette publication, n’a plus le droit de publier.",
                "Regardez ce qui va partir, puis publiez ou programmez de nouveau.",
                name=name,
            )

    async def _publish(self, keys: SigningKeys, scheduled: ScheduledPublication) -> None:
        """Publish what was seen and is not published yet. Raises Refused if it has changed since."""
        note = PublicationNote(scheduled.who, scheduled.why, scheduled.seen)
        _library, plans = await self.publisher.make_plans(list(scheduled.channels))
        due: dict[str, PublicationPlan] = {}
        for plan in plans:
            seen, pages = scheduled.channels[plan.channel], await self._pages_of(plan)
            if pages.before == pages.after == seen.after:  # this very text is published: before a crash, or by a person
                if plan.previous:
                    await self.publisher.log.complete_journal(note, plan.previous)
                continue
            if pages.before != seen.before:
                raise _published_meanwhile(plan.channel)
            if pages != seen:
                raise _pages_changed(seen.changes, pages.changes)
            due[plan.channel] = plan

        def check(current: Sequence[PublicationPlan]) -> None:
            """Stop for a text that was saved between the comparison and the signature."""
            if any(plan.manifest != due[plan.channel].manifest for plan in current):
                raise _changed_meanwhile()

        if due:
            await self.publisher.publish(keys, list(due), note=note, check=check)

    async def _pages_of(self, plan: PublicationPlan) -> ChannelPages:
        before = await self._digests(plan.previous.manifest, plan.bodies) if plan.previous else {}
        after = await self._digests(plan.manifest, plan.bodies)
        changes = {path: name for path, name in after.items() if before.get(path) != name}
        changes |= {path: "" for path in before if path not in after}
        return ChannelPages(_digest_of(before), _digest_of(after), changes)

    async def _digests(self, manifest: Manifest, bodies: Mapping[str, str]) -> dict[str, str]:
        shell = manifest.by_path()[SHELL]
        known = bodies if shell in bodies else await self.archive.bodies([shell])
        return digests_without_alerts(manifest, known[shell])

    async def _iterate(self) -> AsyncIterator[ScheduledPublication]:
        async for record in iterate_records(self.store, Collection.CONTENT, PREFIX):
            try:
                yield _from_record(record)
            except Exception as error:
                self._unreadable.set_aside(record.id, record.rev, error)


def publication_schedule_of(request: HasApp) -> PublicationSchedule:
    schedule: PublicationSchedule = request.app.state.publication_schedule
    return schedule


def _digest_of(digests: Mapping[str, str]) -> str:
    return digest(canonical(sorted(digests.items())))


def _published_meanwhile(channel: str) -> Refused:
    return Refused(
        "schedule-published-meanwhile",
        "Autre chose a été publié entre-temps dans {channel}.",
        "Regardez ce qui va partir, puis publiez ou programmez de nouveau.",
        channel=channel,
    )


def _pages_changed(seen: Mapping[str, str], current: Mapping[str, str]) -> Refused:
    changed = {path for path in {*seen, *current} if seen.get(path) != current.get(path)}
    paths = sorted(changed, key=lambda path: (not path.startswith(TEXTS), path))
    return Refused(
        "schedule-pages-changed",
        "Ces pages ont changé depuis l’accord ({count}) : {pages}.",
        "Regardez ce qui va partir, puis publiez ou programmez de nouveau.",
        count=len(paths),
        pages=", ".join(paths[:MAX_NAMED]),
    )


def _changed_meanwhile() -> Conflict:
    return Conflict("schedule-changed", "Cette publication vient de changer.", "Rechargez la page.")


def _to_body(scheduled: ScheduledPublication) -> dict[str, Any]:
    return {
        "kind": "scheduled-publication",
        "who": scheduled.who,
        "when": scheduled.when,
        "why": scheduled.why,
        "at": scheduled.at,
        "seen": scheduled.seen,
        "channels": {
            channel: {"before": pages.before, "after": pages.after, "changes": dict(pages.changes)}
            for channel, pages in scheduled.channels.items()
        },
        "state": scheduled.state.value,
    }


def _from_record(record: Record) -> ScheduledPublication:
    body = record.body
    parse_timestamp(body["at"])
    return ScheduledPublication(
        record.id,
        body["who"],
        body["when"],
        body["why"],
        body["at"],
        body["seen"],
        {channel: ChannelPages(**pages) for channel, pages in body["channels"].items()},
        ScheduleState(body["state"]),
        error_from_fields(body.get("error")),
        record.rev,
    )
