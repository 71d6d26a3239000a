"""Proof of work that a flooded inbox asks of public reports (PROTOCOL.md, section 11), in ALTCHA's second form.

A challenge is bound to one submission and signed with the node's secret. So the node remembers neither challenges nor
solutions: a repeated solution repeats a submission that the node holds already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from sync.submissions.submission import Submission

if TYPE_CHECKING:
    from altcha import Payload

ALGORITHM = "PBKDF2/SHA-256"  # WebCrypto is as fast as a native program; with plain SHA-256 a hundredth
COST = 2000  # iterations of one attempt: with the prefix about a second of a cheap phone; a millisecond to verify
KEY_PREFIX = "00"  # hex digits with which a derived key begins: one of 256 attempts
MAX_DOUBLINGS = 3  # of the cost: verification then takes 9 ms, in its thread
LIFETIME = 6 * 3600  # seconds: a phone may lose its network between challenge and solution
VERIFICATIONS_AT_ONCE = 1  # threads: false solutions occupy one core at most

_KEY_BYTES = 32


class ProofOfWork:
    """Challenges of one node. `secret`: shared by all processes of the node. `clock`: UTC seconds."""

    def __init__(self, secret: bytes, clock: Callable[[], float], cost: int = COST) -> None:
        self._secret = secret
        self._clock = clock
        self._cost = cost
        self._limiter = anyio.CapacityLimiter(VERIFICATIONS_AT_ONCE)

    def make_challenge(self, submission: Submission, pressure: float) -> dict[str, Any]:
        """A challenge for this submission. `pressure`: from 0 (calm) to 1; the cost doubles at each quarter."""
        from altcha import create_challenge  # imported late: most sites are never flooded

        return create_challenge(
            ALGORITHM,
            self._cost << min(MAX_DOUBLINGS, int(pressure * (MAX_DOUBLINGS + 1))),
            key_length=_KEY_BYTES,
            key_prefix=KEY_PREFIX,
            data=_subject(submission, int(self._clock()) + LIFETIME),
            hmac_secret=self._secret,
        ).to_dict()

    async def is_solved(self, submission: Submission, work: Mapping[str, Any] | None) -> bool:
        """True if `work` solves a challenge that this node made for this submission, and that is not over."""
        payload = _parse_work(submission, work, self._clock()) if work else None
        return payload is not None and await anyio.to_thread.run_sync(self._verify, payload, limiter=self._limiter)

    def _verify(self, payload: Payload) -> bool:
        from altcha import verify_solution

        return verify_solution(payload, self._secret).verified


def _parse_work(submission: Submission, work: Mapping[str, Any], now: float) -> Payload | None:
    """The payload, of known size and for this submission; None for any other. Only its signature is left to verify."""
    from altcha import Challenge, ChallengeParameters, Payload, Solution

    try:
        given, signature = work["challenge"]["parameters"], work["challenge"]["signature"]
        counter, derived_key = work["solution"]["counter"], work["solution"]["derivedKey"]
        cost, nonce, salt, until = given["cost"], given["nonce"], given["salt"], given["data"]["until"]
    except (KeyError, TypeError):
        return None
    texts = (signature, derived_key, nonce, salt)
    if not all(type(number) is int for number in (counter, cost, until)) or until < now:
        return None
    if not all(isinstance(text, str) and len(text) <= 2 * _KEY_BYTES for text in texts):
        return None
    data = _subject(submission, until)
    parameters = ChallengeParameters(ALGORITHM, nonce, salt, cost, _KEY_BYTES, KEY_PREFIX, data=data)
    return Payload(Challenge(parameters, signature), Solution(counter, derived_key))


def _subject(submission: Submission, until: int) -> dict[str, Any]:
    return {"id": submission.id, "site": submission.site, "until": until}
