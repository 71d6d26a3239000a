"""The inbox of this node: receives, acknowledges, answers, erases submissions. Used by views, console and commands."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from server.hubs.join import get_membership
from server.hubs.withdrawals_from_hubs import record_withdrawal
from server.inbox.lookup_cache import NodeCache
from server.inbox.quota import Quota
from server.inbox.work_secret import load_work_secret
from server.reader.current_editions import CurrentEditions
from server.settings import Settings
from server.supervision.unreadable_records import UnreadableRecords
from server.web.app_state import HasApp
from server.web.disk_space import DiskSpace
from server.web.fair_queue import FairQueue
from sync.canonical import digest
from sync.editions.publishing import SigningKeys
from sync.errors import KunnafoniError, NotFound, Unavailable
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Record, Store, Write
from sync.submissions.arrival_days import HEADQUARTERS_NODE
from sync.submissions.body_lines import RequestLine
from sync.submissions.devices import Device, enrol
from sync.submissions.erasure import erase_records, record_erasure
from sync.submissions.flood_control import FloodControl
from sync.submissions.inbox import Inbox, Verdict
from sync.submissions.proof_of_work import ProofOfWork
from sync.submissions.receipts import Receipt
from sync.submissions.submission import Submission, parse_submission

KEYLESS_NODE = "hub"  # also headquarters' machines without the key: records show that the signer did not receive them
HUB_CHECK_INTERVAL = 30.0  # seconds between checks whether this machine has joined a headquarters
LARGE_REQUESTS = 2  # read at a time in this process
LARGE_REQUEST_PLACES = 64  # waiting ones
MAX_CONCURRENT = 256  # requests in progress; beyond it a refusal with "retry later" is faster
RECEIPT_BATCH = 200  # submissions of one turn
FLOOD_PRESSURE = 0.25  # used share of the public's quota from which challenges of proof of work are prepared
RECEIPT_INTERVAL = 5.0  # seconds between checks for submissions that replication brought


class InboxService:
    def __init__(
        self, settings: Settings, store: Store, editions: CurrentEditions, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._editions = editions
        self._clock = clock
        self._keys: SigningKeys | None = None
        self.node = KEYLESS_NODE
        self._hub_checked_at = -HUB_CHECK_INTERVAL
        self._disk_space = DiskSpace(settings.data)
        self.large_requests = FairQueue(LARGE_REQUESTS, LARGE_REQUEST_PLACES)
        self._worked_quota = Quota(time.monotonic)
        self.node_cache = NodeCache(store, Quota(time.monotonic), self.node)
        self.node_cache.on_arrival = self._queue_receipts
        self._inbox = Inbox(store, self.node_cache, self.node, None)
        self._unacknowledged: list[str] = []
        self._unreadable = UnreadableRecords()
        self._active_requests = 0

    def sign_with(self, keys: SigningKeys) -> None:
        """Make this node headquarters, which signs receipts."""
        self._keys, self.node = keys, HEADQUARTERS_NODE
        self.node_cache.node = self.node
        self._inbox = Inbox(self._store, self.node_cache, self.node, keys)

    @property
    def site(self) -> str:
        """Id of the published site. Raises Unavailable before the first publication."""
        channels = self._editions.channels
        if not channels:
            raise Unavailable("nothing-published", "Rien n’est encore publié ici.", "Revenez dans un moment.")
        return self._editions.get(channels[0]).edition.statement.site

    @property
    def today(self) -> str:
        return self._clock().date().isoformat()

    def has_disk_space(self) -> bool:
        """True if submissions are accepted, as far as the disk is concerned."""
        return self._disk_space.is_available()

    async def receive(self, lines: Sequence[RequestLine], transport: str = "direct", sender: str = "") -> list[Verdict]:
        """One verdict for each line. Raises Unavailable if the disk is full or too many requests are in progress.

        `sender`: the network that the request comes from, for a fair quota alone.
        """
        if self._active_requests >= MAX_CONCURRENT:
            raise Unavailable("busy", "Il y a beaucoup d’envois en ce moment.", "Réessayez dans un moment.")
        self._active_requests += 1
        try:
            if not self.has_disk_space():
                raise Unavailable("disk-full", "Ce site n’a plus de place.", "Gardez l’envoi : il partira plus tard.")
            await self.node_cache.ensure_loaded()
            await self._check_membership()
            await self._prepare_flood_control()
            return await self._inbox.receive(lines, self.site, self.today, transport, sender)
        finally:
            self._active_requests -= 1

    async def get_receipts(self, ids: Sequence[str]) -> dict[str, Receipt | None]:
        """Receipts by submission id, in the order given; None for an erased one. Unknown ids are left out."""
        await self.node_cache.ensure_loaded()
        record_ids = await self.node_cache.find_record_ids(ids)
        records = await self._store.get_many(
            Collection.FEEDBACK, [*record_ids.values(), *(f"receipt:{id}" for id in ids)]
        )
        receipts: dict[str, Receipt | None] = {}
        for id in ids:
            if self.node_cache.is_erased(id):
                receipts[id] = None
            elif stored := records.get(f"receipt:{id}"):
                receipts[id] = Receipt(stored.body["date"], stored.body["epoch"], stored.body["signature"])
            elif record := records.get(record_ids.get(id, "")):
                receipt = await self._inbox.make_receipt(parse_submission(record.body["text"]), self.site, self.today)
                if receipt:
                    receipts[id] = receipt
        return receipts

    async def get_answer(self, id: str, secret: str) -> dict[str, str] | None:
        await self._check_secret(id, secret)
        record = await self._store.get(Collection.FEEDBACK, f"answer:{id}")
        return {key: str(record.body[key]) for key in ("text", "lang", "date")} if record else None

    async def withdraw(self, id: str, secret: str) -> None:
        """Erase a submission for its sender. Idempotent. Raises NotFound if the secret does not belong to the id."""
        await self.node_cache.ensure_loaded()
        if not self.node_cache.is_erased(id):
            await self._check_secret(id, secret)
            await record_withdrawal(self._store, id, secret, self.today)
            await self.erase(id, "withdrawn")

    async def erase(self, id: str, reason: str) -> None:
        """Erase a submission. Idempotent. Raises Unavailable if it is not durable: then nothing was erased."""
        self.node_cache.mark_erased(id)
        try:
            await record_erasure(self._store, id, self.today, reason)
        except KunnafoniError:
            self.node_cache.unmark_erased(id)
            raise
        record_id = self.node_cache.find_record_id(id)
        await erase_records(self._store, id, [record_id] if record_id else [])

    async def enrol(self, code: str, key: str, signature: str) -> Device:
        """Enrol a device; wrong codes are not limited (see `sync/submissions/devices.py`)."""
        return await enrol(self._store, self.site, code, key, signature, self.today)

    async def get_submission(self, id: str) -> Submission:
        return parse_submission((await self._get_record(id)).body["text"])

    async def _get_record(self, id: str) -> Record:
        record_id = (await self.node_cache.find_record_ids([id])).get(id)
        record = await self._store.get(Collection.FEEDBACK, record_id) if record_id else None
        if record is None:
            raise NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")
        return record

    async def _check_secret(self, id: str, secret: str) -> None:
        submission = await self.get_submission(id)
        if digest(secret) != submission.answer:
            raise NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")

    async def _check_membership(self) -> None:
        """Update the hub's name that phones display; `hub join` may run while this process serves."""
        if self._keys is None and time.monotonic() - self._hub_checked_at >= HUB_CHECK_INTERVAL:
            self._hub_checked_at = time.monotonic()
            membership = await get_membership(self._store)
            self._inbox.carrier = membership.name if membership else ""

    async def _prepare_flood_control(self) -> None:
        """Have challenges ready before the first submission is told to wait; a calm site makes no secret."""
        if self._inbox.flood_control is None and self.node_cache.pressure() >= FLOOD_PRESSURE:
            with contextlib.suppress(Unavailable):  # then without challenges for now
                secret = await load_work_secret(self._store)
                proof_of_work = ProofOfWork(secret, lambda: self._clock().timestamp())
                self._inbox.flood_control = FloodControl(proof_of_work, self._worked_quota, self._is_known)

    def _is_known(self, id: str) -> bool:
        return self.node_cache.find_record_id(id) is not None

    def _queue_receipts(self, ids: list[str]) -> None:
        if self._keys:
            self._unacknowledged.extend(ids)

    async def acknowledge_replicated(self) -> float:
        """Write receipts of submissions received by hubs as records, which replication carries back to the hubs.

        Returns the seconds until the next turn. When the store is unavailable, all wait; a submission that cannot be
        read is set aside and holds no other back.
        """
        ids = self._unacknowledged[:RECEIPT_BATCH]
        try:
            if ids:
                await self._write_receipts(ids)
        except Unavailable:
            raise
        except Exception:
            for id in ids:
                await self._write_one_receipt(id)
        del self._unacknowledged[: len(ids)]  # others were appended meanwhile
        return 0.0 if self._unacknowledged else RECEIPT_INTERVAL

    async def _write_one_receipt(self, id: str) -> None:
        try:
            await self._write_receipts([id])
        except Unavailable:
            raise
        except Exception as error:
            self._unreadable.set_aside(f"received:{id}", "", error)

    async def _write_receipts(self, ids: list[str]) -> None:
        existing = await self._store.get_many(Collection.FEEDBACK, [f"receipt:{id}" for id in ids])
        signed = await self.get_receipts([id for id in ids if f"receipt:{id}" not in existing])
        writes = [Write(f"receipt:{id}", _receipt_body(receipt)) for id, receipt in signed.items() if receipt]
        if writes:
            ensure_all_present(await self._store.write(Collection.FEEDBACK, writes))


def inbox_of(request: HasApp) -> InboxService:
    inbox: InboxService = request.app.state.inbox
    return inbox


def _receipt_body(receipt: Receipt) -> dict[str, Any]:
    return {"date": receipt.date, "epoch": receipt.epoch, "signature": receipt.signature}
