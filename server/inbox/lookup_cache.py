"""Cache of what receiving a submission needs: forms by version, devices, erased ids, record ids. Follows the store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import anyio

from server.inbox.duplicate_records import DuplicateRecords
from server.inbox.quota import Quota
from server.supervision.unreadable_records import UnreadableRecords
from sync.errors import Unavailable
from sync.forms.compiled_form import Form
from sync.forms.version_store import load_stored_form
from sync.store.contract import Collection, Record, Store
from sync.store.following import Follower
from sync.submissions.devices import Device, device_from_record
from sync.submissions.erasure import erase_records
from sync.submissions.record_admission import RecordAdmission
from sync.submissions.record_ids import PREFIX, RecordIds, is_submission_id, submission_id_of

POLL_INTERVAL = 30.0  # seconds between checks when the store signals no change
GATHER_DELAY = 0.5  # seconds to collect changes in: reading each alone would cost the store as much as its write
PAGE_SIZE = 2000


class NodeCache:
    """The caches of one node. `site`: the id of the published site, None before the first publication.

    `on_arrival` is called with ids of submissions that other nodes say they received, and, once the cache is loaded,
    with those of submissions whose record came from another process or node.
    """

    def __init__(self, store: Store, quota: Quota, node: str, site: Callable[[], Awaitable[str | None]]) -> None:
        self._store = store
        self._quota = quota
        self.node = node
        self._forms: dict[str, Form] = {}
        self._devices: dict[str, Device] = {}
        self._erased: set[str] = set()
        self._record_ids = RecordIds()
        self.record_admission = RecordAdmission(self, site)
        self.duplicates = DuplicateRecords(store, self._record_ids, self.record_admission.judge)
        self._cursors: dict[Collection, str | None] = {Collection.FEEDBACK: None, Collection.PEOPLE: None}
        self._load_lock = anyio.Lock()
        self._catch_up_lock = anyio.Lock()
        self._is_loaded = False
        self._unreadable = UnreadableRecords()
        self.followers = {collection: self._follower(collection) for collection in self._cursors}
        self.on_arrival: Callable[[list[str], list[str]], object] = lambda received, foreign: None
        self.change_listeners: list[Callable[[tuple[str, ...]], object]] = []

    async def form(self, version: str) -> Form | None:
        if version not in self._forms:
            try:
                form = await load_stored_form(self._store, version)
            except (KeyError, TypeError, AttributeError):  # a malformed record
                return None
            if form is None:
                return None
            self._forms[version] = form
        return self._forms[version]

    async def device(self, id: str) -> Device | None:
        if id not in self._devices:
            record = await self._store.get(Collection.PEOPLE, f"device:{id}")
            if record is None:
                return None
            device = _read_device(record)
            if device is None:
                return None
            self._devices[id] = device
        return self._devices[id]

    def is_erased(self, id: str) -> bool:
        return id in self._erased

    def record_id(self, id: str) -> str:
        return self._record_ids.assign(id)

    def find_record_id(self, id: str) -> str | None:
        """Record id of a submission, if this process knows it."""
        return self._record_ids.find(id)

    def list_record_ids(self, id: str) -> list[str]:
        """All records with this submission's id that this process knows, those with other content included."""
        record_id = self._record_ids.find(id)
        return [*([record_id] if record_id else []), *self.duplicates.list_records({id})]

    async def find_record_ids(self, ids: Iterable[str]) -> dict[str, str]:
        """Record ids by submission id; reads new changes first if another process may have written one."""
        expected = [id for id in ids if not self.is_erased(id)]
        if any(self._record_ids.find(id) is None for id in expected):
            await self._catch_up(Collection.FEEDBACK)
        return {id: record_id for id in expected if (record_id := self._record_ids.find(id))}

    def pressure(self) -> float:
        """The used share of the public's quota, from 0 to 1."""
        return self._quota.pressure()

    def mark_erased(self, id: str) -> None:
        """Refuse this submission from now on."""
        self._erased.add(id)

    def unmark_erased(self, id: str) -> None:
        """Undo `mark_erased`: the erasure could not be stored."""
        self._erased.discard(id)

    def try_take(self, device: str, sender: str = "", position: int = 0) -> int:
        return self._quota.try_take(device, sender, position)

    async def ensure_loaded(self) -> None:
        """Load the whole cache once."""
        if self._is_loaded:
            return
        async with self._load_lock:
            for collection in self._cursors:
                await self._catch_up(collection)
            self._is_loaded = True

    def _follower(self, collection: Collection) -> Follower:
        async def handle_changes(cursor: str | None) -> tuple[str, float]:
            if cursor is None:
                await self.ensure_loaded()
            else:
                await anyio.sleep(GATHER_DELAY)
            return await self._catch_up(collection), POLL_INTERVAL

        return Follower(self._store, collection, handle_changes)

    async def _catch_up(self, collection: Collection) -> str:
        """Apply all changes; return the cursor after them."""
        async with self._catch_up_lock:
            while True:
                changes = await self._store.changes(collection, self._cursors[collection], PAGE_SIZE)
                await (
                    self._apply_people_changes(changes.ids)
                    if collection is Collection.PEOPLE
                    else self._apply_feedback_changes(changes.ids)
                )
                self._cursors[collection] = changes.cursor
                if not changes.more:
                    return changes.cursor

    async def _apply_people_changes(self, ids: tuple[str, ...]) -> None:
        devices = [id for id in ids if id.startswith("device:")]
        records = await self._store.get_many(Collection.PEOPLE, devices) if devices else {}
        for id in devices:
            self._devices.pop(id.removeprefix("device:"), None)
            if id in records and (device := _read_device(records[id])):
                self._devices[device.id] = device

    async def _apply_feedback_changes(self, ids: tuple[str, ...]) -> None:
        erased = {id.removeprefix("erased:") for id in ids if id.startswith("erased:")}
        self._erased |= erased
        submissions = [record_id for record_id in ids if record_id.startswith(PREFIX)]
        foreign = [id for id in map(submission_id_of, submissions) if self._is_loaded and not self._record_ids.find(id)]
        self.duplicates.learn(submissions)
        candidates = [
            *submissions,
            *self.duplicates.list_records(self._erased),
            *filter(None, map(self._record_ids.find, erased)),
        ]
        returned = [record_id for record_id in dict.fromkeys(candidates) if submission_id_of(record_id) in self._erased]
        records = await self._store.get_many(Collection.FEEDBACK, returned) if returned else {}
        for record in records.values():
            await self._erase_again(record)
        await self.duplicates.resolve(self._erased)
        suffix = f":{self.node}"
        received = [submission_id_of(id) for id in ids if id.startswith("received:") and not id.endswith(suffix)]
        self.on_arrival([id for id in received if is_submission_id(id)], foreign)
        for listener in self.change_listeners:
            listener(ids)

    async def _erase_again(self, record: Record) -> None:
        """Erase a copy that came back; one that cannot be read is erased too, without its attachments."""
        try:
            await erase_records(self._store, submission_id_of(record.id), [record.id])
        except Unavailable:
            raise
        except Exception as error:
            self._unreadable.set_aside(record.id, record.rev, error)
            await self._store.erase(Collection.FEEDBACK, [record.id])


def _read_device(record: Record) -> Device | None:
    """None for a malformed record: its phone is then unknown here."""
    try:
        device = device_from_record(record.id, record.body)
    except KeyError:
        return None
    is_whole = all(isinstance(value, str) for value in (device.key, device.name, device.until, device.revoked))
    return device if is_whole else None
