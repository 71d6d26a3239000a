"""The job that tells people what waits for them, by mail and in their browsers: by kind and hour, each thing once, and
a daily summary. The team's webhook is told of everything that waits today.

What a person was told stands in the record `told:ACCOUNT` of the collection `people`. It is written before the notice
is sent, so that of several processes one sends, and put back if no road takes it.
"""

from __future__ import annotations

import datetime
import logging
from collections import Counter
from collections.abc import Collection as Container
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from server.accounts.account import Account, account_from_record
from server.notifications.console_browsers import ConsoleBrowsers
from server.notifications.mail_server import MailServer
from server.notifications.notice_text import NoticeText, write_notice
from server.notifications.webhook import Webhook
from server.supervision.unreadable_records import UnreadableRecords
from server.web.app_state import Clock
from server.worklist.work_item import Urgency, WorkItem
from server.worklist.worklist import Worklist
from sync.canonical import digest
from sync.errors import KunnafoniError, Unavailable
from sync.locale import Translator, time_zone_of
from sync.store.contract import Collection, Record, Saved, Store, Write
from sync.store.iteration import iterate_records

log = logging.getLogger("kunnafoni.notifications")

PAUSE = 60.0  # seconds between two looks at the list
PAUSE_AFTER_REFUSAL = 300.0  # seconds
WAKING_HOURS = range(7, 21)  # in the site's first country; what may cost lives is told at any hour
LIFE, TODAY, DAILY = "life", "today", "daily"
CHOICES = (LIFE, TODAY, DAILY)
TEAM = "TEAM"  # no account can have this name
_URGENCIES = {LIFE: Urgency.LIFE, TODAY: Urgency.TODAY}


@dataclass(frozen=True, slots=True)
class Notifier:
    """`mail_server`, `webhook`: None where the site has none. `address`: of the console's first page. `lang`: the
    site's, for people who chose none.
    """

    store: Store
    worklist: Worklist
    browsers: ConsoleBrowsers
    mail_server: MailServer | None
    webhook: Webhook | None
    translator: Translator
    clock: Clock
    address: str
    lang: str
    unreadable: UnreadableRecords = field(default_factory=UnreadableRecords)

    async def turn(self) -> float:
        """Tell everybody what is new to them. What no road took is told at a later turn.

        One address that no server takes must not look like a job that has stopped.
        """
        browsers = await self.browsers.list_by_account()
        if not browsers and self.mail_server is None and self.webhook is None:
            return PAUSE
        loaded, unreadable = await self._load_accounts()
        accounts = [account for account in loaded if account.password and not account.closed]
        # An account that cannot be read, or that waits for a new password, may be whole tomorrow: its browsers stay.
        for name in browsers.keys() - unreadable - {account.name for account in loaded if not account.closed}:
            await self.browsers.remove(name)
        reached = [account for account in accounts if (account.mail and self.mail_server) or account.name in browsers]
        if not reached and self.webhook is None:
            return PAUSE
        items, now, errors = await self.worklist.list_all(), await self._local_time(), []
        for account in reached:
            receiver = _Person(self, account, browsers.get(account.name, []))
            try:
                await self._tell(receiver, [item for item in items if item.is_for(account)], now)
            except KunnafoniError as error:
                errors.append(error)
        if self.webhook:
            try:
                await self._tell(_Team(self, self.webhook), items, now)
            except KunnafoniError as error:
                errors.append(error)
        if errors:
            log.warning("%d notices were not taken: %s", len(errors), errors[0].code)
            return PAUSE_AFTER_REFUSAL
        return PAUSE

    async def _load_accounts(self) -> tuple[list[Account], set[str]]:
        """All accounts that can be read, and the names of the others, which must not keep these from being told."""
        accounts, unreadable = [], set()
        async for record in iterate_records(self.store, Collection.PEOPLE, "account:"):
            try:
                accounts.append(account_from_record(record))
            except Exception as error:
                self.unreadable.set_aside(record.id, record.rev, error)
                unreadable.add(record.id.partition(":")[2])
        return accounts, unreadable

    async def _tell(self, receiver: NoticeReceiver, items: Sequence[WorkItem], now: datetime.datetime) -> None:
        record = await self.store.get(Collection.PEOPLE, f"told:{receiver.name}")
        told, last_day = _read(record)
        new = [item for item in items if _key(item) not in told and is_wanted(receiver.told, item, now.hour)]
        today = now.date().isoformat()
        is_summary = is_summary_due(receiver.told, receiver.told_hour, now.hour) and last_day != today and bool(items)
        still = {_key(item) for item in items} & told
        if not new and not is_summary:
            if still != told:  # what is settled may come again
                await self._save(receiver.name, record, still, last_day)
            return
        shown = items if is_summary else new
        saved = await self._save(
            receiver.name, record, still | {_key(item) for item in shown}, today if is_summary else last_day
        )
        if not isinstance(saved, Saved):
            return  # another process tells this person
        notice = write_notice(
            self.translator.language_of(receiver.lang or self.lang), shown, self.address, is_summary=is_summary
        )
        try:
            await receiver.send(notice, shown)
        except KunnafoniError:
            body = record.body if record else {"told": [], "day": ""}
            await self.store.write(Collection.PEOPLE, [Write(saved.id, body, saved.rev)])
            raise

    async def _save(self, name: str, record: Record | None, told: set[str], day: str) -> Any:
        write = Write(f"told:{name}", {"told": sorted(told), "day": day}, record.rev if record else None)
        [outcome] = await self.store.write(Collection.PEOPLE, [write])
        return outcome

    async def _local_time(self) -> datetime.datetime:
        channels = (await self.worklist.workspace.load_snapshot()).library.site.channels
        return self.clock().astimezone(time_zone_of(channels[0][-2:] if channels else ""))


class NoticeReceiver(Protocol):
    """Somebody who is told. `name`: of what they were told; `told`, `told_hour`: as of an account."""

    @property
    def name(self) -> str: ...

    @property
    def told(self) -> Container[str]: ...

    @property
    def told_hour(self) -> int: ...

    @property
    def lang(self) -> str: ...

    async def send(self, notice: NoticeText, items: Sequence[WorkItem]) -> None:
        """Raises KunnafoniError if nothing took it."""


@dataclass(frozen=True, slots=True)
class _Person:
    """Mail and browsers of a person; one that takes the notice is enough."""

    notifier: Notifier
    account: Account
    browsers: Sequence[Record]

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def told(self) -> Container[str]:
        return self.account.told

    @property
    def told_hour(self) -> int:
        return self.account.told_hour

    @property
    def lang(self) -> str:
        return self.account.language

    async def send(self, notice: NoticeText, items: Sequence[WorkItem]) -> None:
        is_urgent = any(item.urgency is Urgency.LIFE for item in items)
        is_taken = await self.notifier.browsers.tell(self.browsers, notice.subject, notice.lines, is_urgent=is_urgent)
        mail_server = self.notifier.mail_server
        if self.account.mail and mail_server:
            try:
                await mail_server.send(self.account.mail, notice.subject, notice.text)
            except KunnafoniError:
                if not is_taken:
                    raise
        elif not is_taken:
            raise Unavailable(
                "push-failed",
                "Aucun navigateur de cette personne ne prend le message.",
                "Ouvrez « Mon compte » dans ce navigateur, et recommencez.",
            )


@dataclass(frozen=True, slots=True)
class _Team:
    """The webhook: everything that waits today, whoever can do it."""

    notifier: Notifier
    webhook: Webhook
    name: str = TEAM
    told: Container[str] = (LIFE, TODAY)
    told_hour: int = 0
    lang: str = ""

    async def send(self, notice: NoticeText, items: Sequence[WorkItem]) -> None:
        text = f"{notice.subject}\n{notice.lines}\n{self.notifier.address}"
        await self.webhook.post(text, Counter(item.kind for item in items))


def is_wanted(told: Container[str], item: WorkItem, hour: int) -> bool:
    """True if they asked for things of this urgency, and it is no night for them. `told`: of CHOICES."""
    chosen = {_URGENCIES[name] for name in told if name in _URGENCIES}
    return item.urgency in chosen and (item.urgency is Urgency.LIFE or hour in WAKING_HOURS)


def is_summary_due(told: Container[str], told_hour: int, hour: int) -> bool:
    return DAILY in told and hour >= told_hour


def _read(record: Record | None) -> tuple[set[str], str]:
    told, day = (record.body.get("told"), record.body.get("day")) if record else ([], "")
    keys = {key for key in told if isinstance(key, str)} if isinstance(told, list) else set()
    return keys, day if isinstance(day, str) else ""


def _key(item: WorkItem) -> str:
    """The name under which a thing is remembered; one that is asked for anew has another."""
    return digest(f"{item.kind} {item.path} {item.since}")[:16]
