"""The state of one background job: its last good turn, and its failures by kind.

Written by `supervisor.py`, read by readiness. Times are seconds of the supervisor's monotonic clock.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass, field

from sync.errors import KunnafoniError

log = logging.getLogger("kunnafoni.jobs")

MAX_KINDS = 50  # failures told apart for each job: more would fill memory and log, and are logged as one kind
JOB_FAILING = "job-failing"
JOB_LATE = "job-late"


@dataclass(frozen=True, slots=True)
class JobProblem:
    """A reason not to be ready. `code`: JOB_FAILING, JOB_LATE, or that of the error of a vital job.

    `failure_count`: consecutive failures. `age`: seconds since the last good turn.
    """

    code: str
    job: str
    failure_count: int
    age: int


@dataclass
class JobState:
    """`allowance`: seconds that may pass without a good turn. `is_vital`: every failure counts at once."""

    name: str
    allowance: float
    started_at: float
    is_vital: bool = False
    last_good_turn: float | None = None
    failure_count: int = 0  # since the last good turn
    code: str = ""  # of the last failure: a KunnafoniError's, or JOB_FAILING
    _count_by_kind: dict[str, int] = field(default_factory=dict)

    def record_success(self, now: float) -> None:
        if self.failure_count:
            log.info("%s works again after %d failures", self.name, self.failure_count)
        self.last_good_turn, self.failure_count, self.code = now, 0, ""

    def record_failure(self, error: BaseException) -> None:
        """Count a failure; log the first of its kind whole, and later ones when their number doubles."""
        self.failure_count += 1
        self.code = expected_code(error) or JOB_FAILING
        kind = failure_kind(error)
        if kind not in self._count_by_kind and len(self._count_by_kind) >= MAX_KINDS:
            kind = "other failures"
        count = self._count_by_kind[kind] = self._count_by_kind.get(kind, 0) + 1
        if count == 1:
            log.error("%s: %s", self.name, kind, exc_info=error if self.code == JOB_FAILING else None)
        elif count & (count - 1) == 0:
            log.error("%s: %s, %d times so far", self.name, kind, count)

    def find_problem(self, now: float) -> JobProblem | None:
        """The problem that keeps the process from being ready; None without one.

        An unexpected failure counts at once; a KunnafoniError, or a turn that hangs, after the allowance.
        """
        age = int(now - (self.started_at if self.last_good_turn is None else self.last_good_turn))
        if self.failure_count and (self.code == JOB_FAILING or self.is_vital):
            return JobProblem(self.code, self.name, self.failure_count, age)
        return JobProblem(JOB_LATE, self.name, self.failure_count, age) if age > self.allowance else None


def expected_code(error: BaseException) -> str:
    """The code of a KunnafoniError, or the first of a group of nothing else; "" for any other error."""
    if isinstance(error, BaseExceptionGroup):
        codes = list(map(expected_code, error.exceptions))
        return codes[0] if all(codes) else ""
    return error.code if isinstance(error, KunnafoniError) else ""


def failure_kind(error: BaseException) -> str:
    """Type, code and place of an error, without its text: texts may name records. Equal for equal failures."""
    if isinstance(error, BaseExceptionGroup):
        return f"{type(error).__name__}({', '.join(sorted({failure_kind(part) for part in error.exceptions}))})"
    if isinstance(error, KunnafoniError):
        return error.code
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
