"""What a server process does for hubs. On a hub: now and then a note of how it goes, which replication carries up. At headquarters:
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
from server.services import Services
from server.settings import Settings
from sync.errors import KunnafoniError
from sync.store.contract import Room, Store, Write
from sync.store.couch.admin import Place, opened

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


async def watch(services: Services, signs: bool) -> None:
    """Until cancelled; does nothing where the store is no CouchDB."""
    if not is_couch(services.settings):
        return
    async with opened(services.settings.store_address) as place:
        while True:
            try:
                pause = await (keep_headquarters(place, services) if signs else keep_hub(place, services))
            except KunnafoniError as error:
                log.warning("hubs: %s", error.code)
                pause = PERIOD
            await anyio.sleep(pause)


async def keep_headquarters(place: Place, services: Services) -> float:
    """Seconds until the next look; here and below."""
    await withdrawals.fulfil(services.store, services.desk, services.desk.today)
    await staging_cleanup.empty(place, services.store, services.desk.registry.known_name)
    return PERIOD


async def keep_hub(place: Place, services: Services) -> float:
    told = await note(place, services.store, services.clock())
    if told is None:
        return PERIOD
    await withdrawals.forget(services.store, services.desk.today)
    if all(health != replication_status.Health.CUT for health, _, _ in told.roads.values()):
        return PERIOD
    if joined := await known(services.store):
        await replication_retry.revive(place, joined, planned(place, joined))
    return WITHOUT_LINK


async def note(place: Place, store: Store, now: datetime.datetime) -> Note | None:
    """On a hub: look, and write down what changed, or that an hour passed. None where no headquarters was joined."""
    joined = await known(store)
    if joined is None:
        return None
    found = await replication_status.states(place, planned(place, joined))
    id = f"hub:{joined.name}"
    record = await store.get(Room.JOURNAL, id)
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
    await store.write(Room.JOURNAL, [Write(id, body, record.rev if record else None)])
    return note_of(joined.name, body)


async def notes(store: Store) -> list[Note]:
    """At headquarters: the last word of each hub that ever said one."""
    return [
        note_of(record.id.removeprefix("hub:"), record.body)
        for record in await store.scan(Room.JOURNAL, "hub:", "hub;")
    ]


def planned(place: Place, joined: Joined) -> list[replications.Road]:
    return replications.at_hub(place.prefix, joined.prefix, joined.name, joined.channels)


def _healths(seen: dict[str, tuple[str, int, str]]) -> dict[str, str]:
    return {name: health for name, (health, _, _) in seen.items()}


def note_of(name: str, body: Any) -> Note:
    seen = {road: (str(one[0]), int(one[1]), str(one[2])) for road, one in body["roads"].items()}
    return Note(name, body["when"], body["contact"], tuple(body["channels"]), seen)


def is_couch(settings: Settings) -> bool:
    return settings.store_address.startswith(("couchdb:", "couchdbs:"))
