"""Checks signatures and signs receipts in a worker thread; claims that arrive while it is busy share the next batch.

A check takes longer than everything else done for a submission, and releases the interpreter lock meanwhile. Receipts
are signed in advance: the caller returns one only after the submission is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sync.asyncio_futures import set_future
from sync.editions.publishing import SigningKeys
from sync.forms.compiled_form import Form
from sync.submissions.receipts import Receipt, sign_receipt
from sync.submissions.submission import Submission

GATHER_DELAY = 0.002  # seconds in which requests are batched: a switch to the thread costs more than a check


@dataclass(frozen=True, slots=True)
class SignatureClaim:
    """A signature to check. `key`: the public key; "" for a public report, which is not signed."""

    submission: Submission
    form: Form
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class SignatureResult:
    """The result of a check. `receipt`: None if the signature is invalid or this node lacks headquarters' keys."""

    is_valid: bool
    receipt: Receipt | None


class SignatureChecker:
    def __init__(self, keys: SigningKeys | None) -> None:
        self._keys = keys
        self._queue: list[tuple[Sequence[SignatureClaim], str, asyncio.Future[list[SignatureResult]]]] = []
        self._task: asyncio.Task[None] | None = None

    async def check(self, claims: Sequence[SignatureClaim], today: str) -> list[SignatureResult]:
        if not claims:
            return []
        future: asyncio.Future[list[SignatureResult]] = asyncio.get_running_loop().create_future()
        self._queue.append((claims, today, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._check_queued())
        return await future

    async def _check_queued(self) -> None:
        while self._queue:
            await asyncio.sleep(GATHER_DELAY)
            group, self._queue = self._queue, []
            try:
                results = await asyncio.to_thread(self._check_batches, [(claims, today) for claims, today, _ in group])
            except Exception as error:  # every future must be completed
                for _, _, future in group:
                    set_future(future, error)
            else:
                for (_, _, future), result in zip(group, results, strict=True):
                    set_future(future, result)

    def _check_batches(self, batches: Sequence[tuple[Sequence[SignatureClaim], str]]) -> list[list[SignatureResult]]:
        return [[self._check_one(claim, today) for claim in claims] for claims, today in batches]

    def _check_one(self, claim: SignatureClaim, today: str) -> SignatureResult:
        submission = claim.submission
        is_valid = not claim.key or submission.is_signed_by(claim.key, claim.signature)
        receipt = sign_receipt(self._keys, submission.site, submission.id, today) if is_valid and self._keys else None
        return SignatureResult(is_valid, receipt)
