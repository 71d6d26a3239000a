"""What a node knows without asking for each submission: forms by version, devices, erased ids. It follows the store."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import anyio

from server.inbox.quota import Quota
from sync.errors import KunnafoniError
from sync.forms.compiled_form import Form
from sync.forms.version_store import load_stored_form
from sync.store.contract import Collection, Saved, Store, Write
from sync.store.following import follow
from sync.submissions.devices import Device, device_from_record
from sync.submissions.erasure import erase_records
from sync.submissions.record_ids import PREFIX, RecordIds, submission_id_of

log = logging.getLogger("kunnafoni.inbox")

POLL_INTERVAL = 30.0  # seconds between looks when the store gives no sign
GATHER_DELAY = 0.5  # seconds in which changes of a busy moment come together: asking for each would cost the store as much as writing it
RETRY_DELAY = 2.0  # seconds after a store that did not answer
PAGE_SIZE = 2000


class NodeCache:
    """`arrived` is called with the ids of submissions that other nodes received and that replication brought here."""

    def __init__(self, store: Store, quota: Quota, node: str) -> None:
        self._store = store
        self._quota = quota
        self.node = node
        self._forms: dict[str, Form] = {}
        self._devices: dict[str, Device] = {}
        self._erased: set[str] = set()
        self._record_ids = RecordIds()
        self._duplicates: dict[str, str] = {}  # records to go, each with the name that is kept
        self._cursors: dict[Collection, str | None] = {Collection.FEEDBACK: None, Collection.PEOPLE: None}
        self._load_lock = anyio.Lock()
        self._catch_up_lock = anyio.Lock()
        self._is_loaded = False
        self.on_arrival: Callable[[list[str]], object] = lambda ids: None
        self.change_listeners: list[Callable[[tuple[str, ...]], object]] = []

    async def form(self, version: str) -> Form | None:
        if version not in self._forms:
            found = await load_stored_form(self._store, version)
            if found is None:
                return None
            self._forms[version] = found
        return self._forms[version]

    async def device(self, id: str) -> Device | None:
        if id not in self._devices:
            record = await self._store.get(Collection.PEOPLE, f"device:{id}")
            if record is None:
                return None
            self._devices[id] = device_from_record(record.id, record.body)
        return self._devices[id]

    def is_erased(self, id: str) -> bool:
        return id in self._erased

    def record_id(self, id: str) -> str:
        return self._record_ids.assign(id)

    def find_record_id(self, id: str) -> str | None:
        """Of the record of a submission that was ever here, as far as this process has heard."""
        return self._record_ids.find(id)

    async def find_record_ids(self, ids: Iterable[str]) -> dict[str, str]:
        """By id, the names of their records; another process may have written one just now."""
        wanted = [id for id in ids if not self.is_erased(id)]
        if any(self._record_ids.find(id) is None for id in wanted):
            await self._catch_up(Collection.FEEDBACK)
        return {id: name for id in wanted if (name := self._record_ids.find(id))}

    def mark_erased(self, id: str) -> None:
        """From now on this submission is refused."""
        self._erased.add(id)

    def unmark_erased(self, id: str) -> None:
        """Forgetting it did not come to pass."""
        self._erased.discard(id)

    def try_take(self, device: str) -> int:
        return self._quota.try_take(device)

    async def ensure_loaded(self) -> None:
        """Everything the store holds is known. Cheap once it was called."""
        if self._is_loaded:
            return
        async with self._load_lock:
            for room in self._cursors:
                await self._catch_up(room)
            self._is_loaded = True

    @asynccontextmanager
    async def follow_changes(self) -> AsyncIterator[None]:
        await self.ensure_loaded()
        async with anyio.create_task_group() as tasks:
            for room in self._cursors:
                tasks.start_soon(self._follow, room)
            yield
            tasks.cancel_scope.cancel()

    async def _follow(self, room: Collection) -> None:
        async def turn(cursor: str | None) -> tuple[str, float]:
            if cursor is not None:
                await anyio.sleep(GATHER_DELAY)
            return await self._catch_up(room), POLL_INTERVAL

        await follow(self._store, room, turn, retry_delay=RETRY_DELAY, on_error=_warn)

    async def _catch_up(self, room: Collection) -> str:
        """Learn what changed, and return the cursor behind it."""
        async with self._catch_up_lock:
            while True:
                changes = await self._store.changes(room, self._cursors[room], PAGE_SIZE)
                await (
                    self._apply_people_changes(changes.ids)
                    if room is Collection.PEOPLE
                    else self._apply_feedback_changes(changes.ids)
                )
                self._cursors[room] = changes.cursor
                if not changes.more:
                    return changes.cursor

    async def _apply_people_changes(self, ids: tuple[str, ...]) -> None:
        devices = [id for id in ids if id.startswith("device:")]
        records = await self._store.get_many(Collection.PEOPLE, devices) if devices else {}
        for id in devices:
            self._devices.pop(id.removeprefix("device:"), None)
            if id in records:
                device = device_from_record(id, records[id].body)
                self._devices[device.id] = device

    async def _apply_feedback_changes(self, ids: tuple[str, ...]) -> None:
        erased = {id.removeprefix("erased:") for id in ids if id.startswith("erased:")}
        self._erased |= erased
        self._duplicates |= self._record_ids.learn(ids)
        names = [
            *(name for name in ids if name.startswith(PREFIX)),
            *self._duplicates,
            *filter(None, map(self._record_ids.find, erased)),
        ]
        back = [name for name in dict.fromkeys(names) if submission_id_of(name) in self._erased]
        for name in await self._store.get_many(Collection.FEEDBACK, back) if back else ():
            await erase_records(self._store, submission_id_of(name), [name])
        await self._drop_duplicates()
        mine = f":{self.node}"
        self.on_arrival([id.split(":")[1] for id in ids if id.startswith("received:") and not id.endswith(mine)])
        for tell in self.change_listeners:
            tell(ids)

    async def _drop_duplicates(self) -> None:
        """Each goes once the record that is kept is as durable as it, wherever that one was written first; else at a later turn."""
        doubles = {name: kept for name, kept in self._duplicates.items() if submission_id_of(name) not in self._erased}
        held = await self._store.get_many(Collection.FEEDBACK, [*doubles, *doubles.values()]) if doubles else {}
        bodies = {kept: held.get(kept, held[name]).body for name, kept in doubles.items() if name in held}
        outcomes = (
            await self._store.write(Collection.FEEDBACK, [Write(*one) for one in bodies.items()]) if bodies else []
        )
        safe = {outcome.id for outcome in outcomes if isinstance(outcome, Saved)}
        gone = [name for name, kept in doubles.items() if name in held and kept in safe]
        if gone:
            await self._store.erase(Collection.FEEDBACK, gone)
        self._duplicates = {name: kept for name, kept in doubles.items() if name in held and kept not in safe}


def _warn(error: KunnafoniError) -> None:
    log.warning("store: %s", error.code)
