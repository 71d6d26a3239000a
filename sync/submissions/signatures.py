"""Signatures checked, and receipts made, beside the event loop: what arrives while a thread is busy shares its next turn.

Why a thread: one check takes longer than everything else that is done for a submission, and does not need the interpreter meanwhile.
A receipt is made here ahead of time; whoever asked hands it out only when what it speaks of is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sync.editions.publishing import SigningKeys
from sync.forms.form import Form
from sync.futures import set_future
from sync.submissions.receipts import Receipt, sign_receipt
from sync.submissions.submission import Submission

GATHER = (
    0.002  # seconds in which requests of a busy moment come together: a journey to the thread costs more than a check
)


@dataclass(frozen=True, slots=True)
class Claim:
    """`key`: the public key by which the signature has to hold; "" for a public report, which has none."""

    submission: Submission
    form: Form
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Proof:
    """`receipt`: headquarters' word; None where the signature does not hold, and without its keys."""

    holds: bool
    receipt: Receipt | None


class Proofs:
    def __init__(self, keys: SigningKeys | None) -> None:
        self._keys = keys
        self._waiting: list[tuple[Sequence[Claim], str, asyncio.Future[list[Proof]]]] = []
        self._working: asyncio.Task[None] | None = None

    async def of(self, claims: Sequence[Claim], today: str) -> list[Proof]:
        if not claims:
            return []
        future: asyncio.Future[list[Proof]] = asyncio.get_running_loop().create_future()
        self._waiting.append((claims, today, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER)
            group, self._waiting = self._waiting, []
            try:
                made = await asyncio.to_thread(self._prove_all, [(claims, today) for claims, today, _ in group])
            except Exception as error:  # whatever it is, it is an answer to those who wait
                for _, _, future in group:
                    set_future(future, error)
            else:
                for (_, _, future), proofs in zip(group, made, strict=True):
                    set_future(future, proofs)

    def _prove_all(self, asked: Sequence[tuple[Sequence[Claim], str]]) -> list[list[Proof]]:
        return [[self._prove(claim, today) for claim in claims] for claims, today in asked]

    def _prove(self, claim: Claim, today: str) -> Proof:
        submission = claim.submission
        holds = not claim.key or submission.signed_by(claim.key, claim.signature)
        return Proof(
            holds, sign_receipt(self._keys, submission.site, submission.id, today) if holds and self._keys else None
        )
