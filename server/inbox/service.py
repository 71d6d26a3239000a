"""The inbox of this node: receives, acknowledges, answers, erases submissions. Used by views, console and commands."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeGuard

from server.hubs.join import get_membership
from server.hubs.withdrawals_from_hubs import record_withdrawal
from server.inbox.lookup_cache import NodeCache
from server.inbox.lost_records import LostSubmissions
from server.inbox.quota import Quota
from server.inbox.replicated_receipts import ReplicatedReceipts
from server.inbox.work_secret import load_work_secret
from server.reader.current_editions import CurrentEditions
from server.settings import Settings
from server.web.app_state import HasApp
from server.web.disk_space import DiskSpace
from server.web.fair_queue import FairQueue
from sync.canonical import digest
from sync.editions.publishing import SigningKeys
from sync.errors import KunnafoniError, NotFound, Refused, Unavailable
from sync.store.contract import Collection, Store
from sync.submissions.body_lines import RequestLine
from sync.submissions.devices import Device, enrol, get_device
from sync.submissions.erasure import erase_records, record_erasure
from sync.submissions.flood_control import FloodControl
from sync.submissions.inbox import Inbox
from sync.submissions.proof_of_work import ProofOfWork
from sync.submissions.receipts import Receipt
from sync.submissions.record_admission import AdmittedRecord, JudgedRecord, read_submission
from sync.submissions.related_records import (
    HEADQUARTERS_NODE,
    answer_from_body,
    arrival_from_record,
    is_text,
    receipt_from_body,
)
from sync.submissions.sealing import SealingKey
from sync.submissions.submission import Submission
from sync.submissions.submission_reader import SubmissionReader
from sync.submissions.verdict import Verdict

KEYLESS_NODE = "hub"  # also headquarters' machines without the key: records show that the signer did not receive them
HUB_CHECK_INTERVAL = 30.0  # seconds between checks whether this machine has joined a headquarters
LARGE_REQUESTS = 2  # read at a time in this process
LARGE_REQUEST_PLACES = 64  # waiting ones
MAX_CONCURRENT = 256  # requests in progress; beyond it a refusal with "retry later" is faster
FLOOD_PRESSURE = 0.25  # used share of the public's quota from which challenges of proof of work are prepared


class InboxService:
    def __init__(
        self, settings: Settings, store: Store, editions: CurrentEditions, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._editions = editions
        self._clock = clock
        self._keys: SigningKeys | None = None
        self.node = KEYLESS_NODE
        self.carrier = ""  # name of this machine where it carries submissions without being a member of a headquarters
        self._hub_checked_at = -HUB_CHECK_INTERVAL
        self._disk_space = DiskSpace(settings.data)
        self.large_requests = FairQueue(LARGE_REQUESTS, LARGE_REQUEST_PLACES)
        self._worked_quota = Quota(time.monotonic)
        self.node_cache = NodeCache(store, Quota(time.monotonic), self.node, self._find_site)
        self.node_cache.on_arrival = self._note_arrivals
        self.receipts = ReplicatedReceipts(store, self.node_cache, self._make_receipt, lambda: self.today)
        self.lost = LostSubmissions(store, self.node_cache, lambda: self.site)
        self.first_seen: dict[str, str] = {}  # day on which a record from elsewhere came, by submission id
        self.verdict_counts: Counter[str] = Counter()  # since the start of this process
        self._active_requests = 0
        self._inbox = self._open_inbox()

    def sign_with(self, keys: SigningKeys) -> None:
        """Make this node headquarters, which signs receipts."""
        self._keys, self.node = keys, HEADQUARTERS_NODE
        self.node_cache.node = self.node
        self._inbox = self._open_inbox()

    def _open_inbox(self) -> Inbox:
        inbox = Inbox(self._store, self.node_cache, self.node, self._keys)
        inbox.on_admitted = self.node_cache.record_admission.save_verdict
        return inbox

    @property
    def site(self) -> str:
        """Id of the published site. Raises Unavailable before the first publication."""
        channels = self._editions.channels
        if not channels:
            raise Unavailable("nothing-published", "Rien n’est encore publié ici.", "Revenez dans un moment.")
        return self._editions.get(channels[0]).edition.statement.site

    async def _find_site(self) -> str | None:
        """Id of the published site, also in a process that has not loaded its editions; None without any."""
        if not self._editions.channels:
            await self._editions.load()
        return self.site if self._editions.channels else None

    def open_reader(self, key: SealingKey | None = None, *, opens_late_unbound: bool = False) -> SubmissionReader:
        """A reader of the admitted submissions; the parameters are those of `SubmissionReader`."""
        return SubmissionReader(
            self._store, self.node_cache.record_admission, key, opens_late_unbound=opens_late_unbound
        )

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
            verdicts = await self._inbox.receive(lines, self.site, self.today, transport, sender)
            self.verdict_counts.update(verdict.verdict for verdict in verdicts)
            return verdicts
        finally:
            self._active_requests -= 1

    async def get_receipts(self, ids: Sequence[str]) -> dict[str, Receipt | None]:
        """Receipts by submission id, in the order given; None for an erased one. Unknown ids are left out."""
        await self.node_cache.ensure_loaded()
        record_ids = await self.node_cache.find_record_ids(ids)
        arrival_ids = {id: f"received:{id}:{HEADQUARTERS_NODE}" for id in ids}
        records = await self._store.get_many(
            Collection.FEEDBACK, [*record_ids.values(), *arrival_ids.values(), *(f"receipt:{id}" for id in ids)]
        )
        arrivals = [arrival_from_record(records[name]) for name in arrival_ids.values() if name in records]
        verdicts = await self.node_cache.record_admission.judge(
            [records[record_id] for record_id in record_ids.values() if record_id in records],
            {arrival.id: arrival.day for arrival in arrivals if arrival},
        )
        admitted = {verdict.submission.id: verdict.submission for verdict in verdicts if _is_admitted(verdict)}
        receipts: dict[str, Receipt | None] = {}
        for id in ids:
            stored = records.get(f"receipt:{id}")
            receipt = receipt_from_body(stored.body) if stored else None
            if receipt is None and id in admitted:
                receipt = await self._make_receipt(admitted[id])
            if receipt or self.node_cache.is_erased(id):
                receipts[id] = None if self.node_cache.is_erased(id) else receipt
        return receipts

    async def _make_receipt(self, submission: Submission) -> Receipt | None:
        return await self._inbox.make_receipt(submission, self.site, self.today)

    async def get_answer(self, id: str, secret: str, receipt: Any = None) -> dict[str, str] | None:
        """The answer to a submission, None while there is none. `receipt`: what its sender shows for it, as JSON.

        Raises NotFound if the secret does not belong to the id; a submission that was lost here is noted before.
        """
        try:
            await self._check_secret(id, secret)
        except NotFound:
            if receipt is not None and not await get_membership(self._store):
                await self.lost.note(id, receipt)
            raise
        record = await self._store.get(Collection.FEEDBACK, f"answer:{id}")
        answer = answer_from_body(record.body) if record else None
        if answer is None:
            return None
        page = {"page": answer.page} if answer.page else {}
        return {"text": answer.text, "lang": answer.lang, "date": answer.date, **page}

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
        self.node_cache.record_admission.drop_verdict(id)
        try:
            await record_erasure(self._store, id, self.today, reason)
        except KunnafoniError:
            self.node_cache.unmark_erased(id)
            raise
        await erase_records(self._store, id, self.node_cache.list_record_ids(id))

    async def enrol(self, code: str, key: str, signature: str) -> Device:
        """Enrol a device; wrong codes are not limited (see `sync/submissions/devices.py`)."""
        return await enrol(self._store, self.site, code, key, signature, self.today)

    async def get_device(self, id: str) -> Device:
        """A device as it stands in the store now. Raises NotFound."""
        return await get_device(self._store, id)

    async def get_submission(self, id: str) -> Submission:
        """The submission with this id, admitted or not: its sender may withdraw it in any case. Raises NotFound."""
        record_id = (await self.node_cache.find_record_ids([id])).get(id)
        record = await self._store.get(Collection.FEEDBACK, record_id) if record_id else None
        if record is None:
            raise _submission_unknown()
        try:
            return read_submission(record)
        except Refused as error:
            raise _submission_unknown() from error

    async def _check_secret(self, id: str, secret: str) -> None:
        submission = await self.get_submission(id)
        if not is_text(secret) or digest(secret) != submission.answer:
            raise _submission_unknown()

    async def _check_membership(self) -> None:
        """Update the hub's name that phones display; `hub join` may run while this process serves."""
        if self._keys is None and time.monotonic() - self._hub_checked_at >= HUB_CHECK_INTERVAL:
            self._hub_checked_at = time.monotonic()
            membership = await get_membership(self._store)
            self._inbox.carrier = membership.name if membership else self.carrier
            self._inbox.node = membership.name if membership else self.node

    async def _prepare_flood_control(self) -> None:
        """Have challenges ready before the first submission is told to wait; a calm site makes no secret."""
        if self._inbox.flood_control is None and self.node_cache.pressure() >= FLOOD_PRESSURE:
            with contextlib.suppress(Unavailable):  # then without challenges for now
                secret = await load_work_secret(self._store)
                proof_of_work = ProofOfWork(secret, lambda: self._clock().timestamp())
                self._inbox.flood_control = FloodControl(proof_of_work, self._worked_quota, self._is_known)

    def _is_known(self, id: str) -> bool:
        return self.node_cache.find_record_id(id) is not None

    def _note_arrivals(self, received: list[str], foreign: list[str]) -> None:
        if self._keys:
            self.receipts.queue(received)
            self.receipts.hasten(foreign)
            self.first_seen |= {id: self.today for id in foreign if id not in self.first_seen}

    async def acknowledge_replicated(self) -> float:
        """One turn of the receipts for hubs; returns the seconds until the next. Raises Unavailable."""
        return await self.receipts.turn()


def inbox_of(request: HasApp) -> InboxService:
    inbox: InboxService = request.app.state.inbox
    return inbox


def _is_admitted(verdict: JudgedRecord) -> TypeGuard[AdmittedRecord]:
    return isinstance(verdict, AdmittedRecord)


def _submission_unknown() -> NotFound:
    return NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")
