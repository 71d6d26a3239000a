"""A second way in for public reports once the public's quota is used up: proof of work (PROTOCOL.md, section 11).

Only a report that comes alone in its request, as phones send them, is asked for work. Otherwise a flood in batches
would get a challenge for each line, and bring false solutions by the hundred to verify.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sync.submissions.body_lines import RequestLine, SubmissionLine
from sync.submissions.proof_of_work import ProofOfWork
from sync.submissions.signatures import SignatureClaim
from sync.submissions.submission import Submission


class WorkedQuota(Protocol):
    """The quota of those who have worked."""

    def try_take(self, device: str, sender: str) -> int:
        """Take a submission of the public (device ""). `sender`: told apart for fairness. Returns 0, or seconds."""

    def pressure(self) -> float:
        """The used share, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class FloodControl:
    """`is_known`: True for the id of a submission that this process has admitted already."""

    proof_of_work: ProofOfWork
    quota: WorkedQuota
    is_known: Callable[[str], bool]

    async def read_report(
        self, lines: Sequence[RequestLine], claims: Mapping[int, SignatureClaim], transport: str
    ) -> LoneReport | None:
        """The report of a request with one line; None for any other request, a bundle or a device's submission."""
        line, claim = lines[0] if len(lines) == 1 else None, claims.get(0)
        if transport != "direct" or not isinstance(line, SubmissionLine) or claim is None or claim.submission.device:
            return None
        has_worked = await self.proof_of_work.is_solved(claim.submission, line.work)
        return LoneReport(self, claim.submission, has_worked)


@dataclass(frozen=True, slots=True)
class LoneReport:
    """A public report that came alone in its request."""

    control: FloodControl
    submission: Submission
    has_worked: bool

    def try_take(self, seconds: int) -> int:
        """Let it in for its work. Returns 0, or the seconds to wait: those given, where it has not worked."""
        if not self.has_worked:
            return seconds
        if self.control.is_known(self.submission.id):
            return 0  # a repeat, which must not use up the quota of others who have worked
        return self.control.quota.try_take("", self.submission.id)  # each has worked for itself

    def make_challenge(self) -> dict[str, Any]:
        return self.control.proof_of_work.make_challenge(self.submission, self.control.quota.pressure())
