"""Background work for hubs. On a hub: now and then a note of how it goes, which replication carries up. At headquarters:
the databases between are emptied.
"""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass
from typing import Any

import anyio

from server.hubs import replication_retry, replication_status, replications, staging_cleanup, withdrawals
from server.hubs.join import Joined, known
from server.web.state import Clock, HasApp
from sync.errors import KunnafoniError
from sync.store.administration import CouchAdmin, OpenCouchAdmin
from sync.store.contract import Collection, Store, Write
from sync.store.iteration import iterate_records

log = logging.getLogger("kunnafoni.hubs")

PERIOD = 600.0  # seconds between looks: a purge rewrites a file, so not often
WITHOUT_LINK = 60.0  # seconds between looks for a link that was cut: it may last an hour
NOTE = datetime.timedelta(hours=1)  # a note costs a metered link about a kilobyte


@dataclass(frozen=True, slots=True)
class Note:
    """A hub's own word of how it goes. `contact`: when all its replications last went well; "" for never."""

    name: str
    when: str
    contact: str
    channels: tuple[str, ...]
    roads: dict[str, tuple[str, int, str]]  # health, pending, why


@dataclass(frozen=True, slots=True)
class HubJob:
    """`name_of`: the record in which this machine has a submission. `signs`: this is headquarters' machine with the key."""

    open_couch: OpenCouchAdmin
    store: Store
    desk: withdrawals.Desk
    name_of: staging_cleanup.NameOf
    clock: Clock
    signs: bool

    async def run(self) -> None:
        """Run until cancelled."""
        async with self.open_couch() as couch:
            while True:
                try:
                    pause = await (self._keep_headquarters(couch) if self.signs else self._keep_hub(couch))
                except KunnafoniError as error:
                    log.warning("hubs: %s", error.code)
                    pause = PERIOD
                await anyio.sleep(pause)

    async def _keep_headquarters(self, couch: CouchAdmin) -> float:
        """Seconds until the next look; here and below."""
        await withdrawals.fulfil(self.store, self.desk, self._today)
        await staging_cleanup.empty(couch, self.store, self.name_of)
        return PERIOD

    async def _keep_hub(self, couch: CouchAdmin) -> float:
        told = await note(couch, self.store, self.clock())
        if told is None:
            return PERIOD
        await withdrawals.forget(self.store, self._today)
        if all(health != replication_status.Health.CUT for health, _, _ in told.roads.values()):
            return PERIOD
        if joined := await known(self.store):
            await replication_retry.revive(couch, joined, planned(couch, joined))
        return WITHOUT_LINK

    @property
    def _today(self) -> str:
        return self.clock().date().isoformat()


def open_couch_of(request: HasApp) -> OpenCouchAdmin | None:
    """How to open the administration of this site's CouchDB; None where the store is another."""
    open_couch: OpenCouchAdmin | None = request.app.state.open_couch
    return open_couch


async def note(couch: CouchAdmin, store: Store, now: datetime.datetime) -> Note | None:
    """On a hub: look, and write down what changed, or that an hour passed. None where no headquarters was joined."""
    joined = await known(store)
    if joined is None:
        return None
    found = await replication_status.states(couch, planned(couch, joined))
    id = f"hub:{joined.name}"
    record = await store.get(Collection.JOURNAL, id)
    before = note_of(joined.name, record.body) if record else None
    told = {one.road.name: (one.health.value, max(one.pending, 0), one.why) for one in found}
    moment = now.isoformat(timespec="seconds")
    contact = moment if all(one.well for one in found) else (before.contact if before else "")
    if (
        before
        and _healths(before.roads) == _healths(told)
        and now - datetime.datetime.fromisoformat(before.when) < NOTE
    ):
        return before
    body: dict[str, Any] = {
        "when": moment,
        "contact": contact,
        "channels": list(joined.channels),
        "roads": {name: list(seen) for name, seen in told.items()},
    }
    await store.write(Collection.JOURNAL, [Write(id, body, record.rev if record else None)])
    return note_of(joined.name, body)


async def notes(store: Store) -> list[Note]:
    """At headquarters: the last word of each hub that ever said one."""
    return [
        note_of(record.id.removeprefix("hub:"), record.body)
        async for record in iterate_records(store, Collection.JOURNAL, "hub:")
    ]


def planned(couch: CouchAdmin, joined: Joined) -> list[replications.Road]:
    return replications.at_hub(couch.prefix, joined.prefix, joined.name, joined.channels)


def _healths(seen: dict[str, tuple[str, int, str]]) -> dict[str, str]:
    return {name: health for name, (health, _, _) in seen.items()}


def note_of(name: str, body: Any) -> Note:
    seen = {road: (str(one[0]), int(one[1]), str(one[2])) for road, one in body["roads"].items()}
    return Note(name, body["when"], body["contact"], tuple(body["channels"]), seen)
