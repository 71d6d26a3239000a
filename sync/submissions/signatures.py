"""Signatures checked, and receipts made, beside the event loop: what arrives while a thread is busy shares its next turn.

Why a thread: one check takes longer than everything else that is done for a submission, and does not need the interpreter meanwhile.
A receipt is made here ahead of time; whoever asked hands it out only when what it speaks of is durable.
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

GATHER_DELAY = (
    0.002  # seconds in which requests of a busy moment come together: a journey to the thread costs more than a check
)


@dataclass(frozen=True, slots=True)
class SignatureClaim:
    """`key`: the public key by which the signature has to hold; "" for a public report, which has none."""

    submission: Submission
    form: Form
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class SignatureResult:
    """`receipt`: headquarters' word; None where the signature does not hold, and without its keys."""

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
                made = await asyncio.to_thread(self._check_batches, [(claims, today) for claims, today, _ in group])
            except Exception as error:  # whatever it is, it is an answer to those who wait
                for _, _, future in group:
                    set_future(future, error)
            else:
                for (_, _, future), proofs in zip(group, made, strict=True):
                    set_future(future, proofs)

    def _check_batches(self, batches: Sequence[tuple[Sequence[SignatureClaim], str]]) -> list[list[SignatureResult]]:
        return [[self._check_one(claim, today) for claim in claims] for claims, today in batches]

    def _check_one(self, claim: SignatureClaim, today: str) -> SignatureResult:
        submission = claim.submission
        holds = not claim.key or submission.is_signed_by(claim.key, claim.signature)
        return SignatureResult(
            holds, sign_receipt(self._keys, submission.site, submission.id, today) if holds and self._keys else None
        )
