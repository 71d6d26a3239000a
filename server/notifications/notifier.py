"""The job that tells people by mail what waits for them: by kind and hour, each thing once, and a daily summary.

What a person was told stands in the record `told:ACCOUNT` of the collection `people`. It is written before the mail is
sent, so that of several processes one sends, and put back if the mail server fails.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.accounts.account import Account, Accounts
from server.notifications.mail_server import MailServer
from server.notifications.mail_text import write_mail
from server.web.app_state import Clock
from server.worklist.work_item import Urgency, WorkItem
from server.worklist.worklist import Worklist
from sync.canonical import digest
from sync.errors import KunnafoniError
from sync.locale import Translator, time_zone_of
from sync.store.contract import Collection, Record, Saved, Store, Write

log = logging.getLogger("kunnafoni.notifications")

PAUSE = 60.0  # seconds between two looks at the list
PAUSE_AFTER_REFUSAL = 300.0  # seconds
WAKING_HOURS = range(7, 21)  # in the site's first country; what may cost lives is told at any hour
LIFE, TODAY, DAILY = "life", "today", "daily"
CHOICES = (LIFE, TODAY, DAILY)
_URGENCIES = {LIFE: Urgency.LIFE, TODAY: Urgency.TODAY}


@dataclass(frozen=True, slots=True)
class Notifier:
    """`address`: of the console's first page. `lang`: the site's, for people who chose none."""

    store: Store
    accounts: Accounts
    worklist: Worklist
    mail_server: MailServer
    translator: Translator
    clock: Clock
    address: str
    lang: str

    async def turn(self) -> float:
        """Tell everybody what is new to them. What the mail server did not take is told at a later turn.

        One address that no server takes must not look like a job that has stopped.
        """
        items, now, errors = await self.worklist.list_all(), await self._local_time(), []
        for account in await self.accounts.all():
            if account.mail and account.password and not account.closed:
                try:
                    await self._tell(account, [item for item in items if item.is_for(account)], now)
                except KunnafoniError as error:
                    errors.append(error)
        if errors:
            log.warning("%d notices were not taken: %s", len(errors), errors[0].code)
            return PAUSE_AFTER_REFUSAL
        return PAUSE

    async def _tell(self, account: Account, items: Sequence[WorkItem], now: datetime.datetime) -> None:
        record = await self.store.get(Collection.PEOPLE, f"told:{account.name}")
        told, last_day = _read(record)
        new = [item for item in items if _key(item) not in told and is_wanted(account, item, now.hour)]
        today = now.date().isoformat()
        is_summary = is_summary_due(account, now.hour) and last_day != today and bool(items)
        still = {_key(item) for item in items} & told
        if not new and not is_summary:
            if still != told:  # what is settled may come again
                await self._save(account, record, still, last_day)
            return
        shown = items if is_summary else new
        saved = await self._save(
            account, record, still | {_key(item) for item in shown}, today if is_summary else last_day
        )
        if not isinstance(saved, Saved):
            return  # another process tells this person
        language = self.translator.language_of(account.language or self.lang)
        mail = write_mail(language, shown, self.address, is_summary=is_summary)
        try:
            await self.mail_server.send(account.mail, mail.subject, mail.text)
        except KunnafoniError:
            body = record.body if record else {"told": [], "day": ""}
            await self.store.write(Collection.PEOPLE, [Write(saved.id, body, saved.rev)])
            raise

    async def _save(self, account: Account, record: Record | None, told: set[str], day: str) -> Any:
        write = Write(f"told:{account.name}", {"told": sorted(told), "day": day}, record.rev if record else None)
        [outcome] = await self.store.write(Collection.PEOPLE, [write])
        return outcome

    async def _local_time(self) -> datetime.datetime:
        channels = (await self.worklist.workspace.load_snapshot()).library.site.channels
        return self.clock().astimezone(time_zone_of(channels[0][-2:] if channels else ""))


def is_wanted(account: Account, item: WorkItem, hour: int) -> bool:
    """True if the person asked for things of this urgency, and it is no night for them."""
    chosen = {_URGENCIES[name] for name in account.told if name in _URGENCIES}
    return item.urgency in chosen and (item.urgency is Urgency.LIFE or hour in WAKING_HOURS)


def is_summary_due(account: Account, hour: int) -> bool:
    return DAILY in account.told and hour >= account.told_hour


def _read(record: Record | None) -> tuple[set[str], str]:
    told, day = (record.body.get("told"), record.body.get("day")) if record else ([], "")
    keys = {key for key in told if isinstance(key, str)} if isinstance(told, list) else set()
    return keys, day if isinstance(day, str) else ""


def _key(item: WorkItem) -> str:
    """The name under which a thing is remembered; one that is asked for anew has another."""
    return digest(f"{item.kind} {item.path} {item.since}")[:16]
