"""The supervisor owns every task that outlives a request and never lets one end silently.

A job is a function for one turn. A turn that fails, for whatever reason, is repeated after a pause that doubles; the
other jobs go on. Only cancellation and the end of the process (KeyboardInterrupt, SystemExit) pass.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import TaskGroup

from server.supervision.job_state import JobProblem, JobState

FIRST_RETRY = 1.0  # seconds before a failed turn is repeated; doubles with every further failure
LONGEST_RETRY = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class BackgroundJob:
    """`turn` returns the seconds until the next turn, or None when the job is done.

    `allowance`: seconds without a good turn after which this process is not ready. `first_pause`: seconds before the
    first turn. `longest_retry`: the longest pause after a failure, in seconds. `is_vital`: the process is not ready
    after any failure, not only after an unexpected one.
    """

    name: str
    turn: Callable[[], Awaitable[float | None]]
    allowance: float
    first_pause: float = 0.0
    longest_retry: float = LONGEST_RETRY
    is_vital: bool = False


@dataclass
class Supervisor:
    """`monotonic_clock` and `sleep` are replaced in tests."""

    monotonic_clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    states: dict[str, JobState] = field(default_factory=dict)
    _tasks: TaskGroup | None = None
    _attempts: dict[str, anyio.Event] = field(default_factory=dict)

    @asynccontextmanager
    async def running(self, jobs: Iterable[BackgroundJob] = ()) -> AsyncIterator[None]:
        """Run jobs, and those that `start` adds, until the context ends."""
        async with anyio.create_task_group() as tasks:
            outer, self._tasks = self._tasks, tasks
            try:
                for job in jobs:
                    self.start(job)
                yield
            finally:
                self._tasks = outer
                tasks.cancel_scope.cancel()

    def start(self, job: BackgroundJob) -> bool:
        """Start a job; False if one of this name is running. Requires `running`."""
        if self._tasks is None:
            raise RuntimeError("no supervisor is running")
        if job.name in self.states:
            return False
        self.states[job.name] = JobState(job.name, job.allowance, self.monotonic_clock(), job.is_vital)
        self._attempts[job.name] = anyio.Event()
        self._tasks.start_soon(self._run, job, self.states[job.name], name=job.name)
        return True

    async def wait_for_first_turns(self, names: Iterable[str]) -> None:
        """Return once each of these jobs has tried its first turn, well or not."""
        for name in names:
            if attempt := self._attempts.get(name):
                await attempt.wait()

    def find_problems(self) -> list[JobProblem]:
        """Problems of all jobs, in the order of their names."""
        now = self.monotonic_clock()
        return [problem for name in sorted(self.states) if (problem := self.states[name].find_problem(now))]

    async def _run(self, job: BackgroundJob, state: JobState) -> None:
        try:
            if job.first_pause:
                await self.sleep(job.first_pause)
            retry = FIRST_RETRY
            while True:
                try:
                    pause = await job.turn()
                except BaseException as error:
                    if not _is_contained(error):
                        raise
                    state.record_failure(error)
                    pause, retry = retry, min(2 * retry, job.longest_retry)
                else:
                    state.record_success(self.monotonic_clock())
                    retry = FIRST_RETRY
                self._attempts[job.name].set()
                if pause is None:
                    return
                await self.sleep(pause)
        finally:
            del self.states[job.name]
            self._attempts.pop(job.name).set()


def _is_contained(error: BaseException) -> bool:
    """False for the end of the process and for the cancellation of this task; True for anything a turn may raise.

    A CancelledError that nobody sent to this task comes from inside the turn, for example from a future that another
    task cancelled; it is a failure like any other.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_contained, error.exceptions))
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return anyio.current_effective_deadline() != float("-inf") and (task is None or task.cancelling() == 0)
    return isinstance(error, Exception)
