"""The supervisor: whatever a turn raises, it runs again, the others go on, and readiness can tell."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Never

import anyio
import pytest

from server.supervision.job_state import JOB_FAILING, JOB_LATE
from server.supervision.supervisor import LONGEST_RETRY, BackgroundJob, Supervisor
from sync.errors import Unavailable
from tests.support.stepped_time import SteppedTime

pytestmark = pytest.mark.anyio
ALLOWANCE = 120.0


def raise_key_error() -> None:
    raise KeyError("text")


def raise_group() -> None:
    raise ExceptionGroup("two", [ValueError("one"), ExceptionGroup("inner", [TypeError("other")])])


def recurse() -> None:
    recurse()


def raise_memory_error() -> None:
    raise MemoryError


def raise_stray_cancellation() -> None:
    raise asyncio.CancelledError


def raise_cancelled_group() -> None:
    raise BaseExceptionGroup("mixed", [asyncio.CancelledError(), ValueError("one")])


FAILURES = [
    raise_key_error,
    raise_group,
    recurse,
    raise_memory_error,
    raise_stray_cancellation,
    raise_cancelled_group,
]


class Turns:
    """A job whose next turns run `failures`, one each, then go well every ten seconds."""

    def __init__(self, *failures: Callable[[], None], pause: float = 10.0) -> None:
        self.failures = list(failures)
        self.pause = pause
        self.count = 0

    async def turn(self) -> float:
        self.count += 1
        if self.failures:
            self.failures.pop(0)()
        return self.pause


@pytest.fixture
def time() -> SteppedTime:
    return SteppedTime()


@pytest.fixture
def supervisor(time: SteppedTime) -> Supervisor:
    return Supervisor(time.clock, time.sleep)


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_turn_that_fails_runs_again_and_others_never_stop(
    time: SteppedTime, supervisor: Supervisor, failure: Callable[[], None]
) -> None:
    broken, well = Turns(failure, failure, failure), Turns(pause=1.0)
    async with supervisor.running(
        [BackgroundJob("broken", broken.turn, ALLOWANCE), BackgroundJob("well", well.turn, ALLOWANCE)]
    ):
        await time.settle()
        assert [(problem.code, problem.job) for problem in supervisor.find_problems()] == [(JOB_FAILING, "broken")]
        await time.pass_seconds(3.5)
        assert (broken.count, well.count) == (3, 4)
        assert [problem.failure_count for problem in supervisor.find_problems()] == [3]
        await time.pass_seconds(4)
        assert (broken.count, well.count) == (4, 8)
        assert supervisor.find_problems() == []


async def test_pauses_double_up_to_five_minutes_and_a_good_turn_begins_anew(
    time: SteppedTime, supervisor: Supervisor
) -> None:
    turns = Turns(*[raise_key_error] * 11)
    async with supervisor.running([BackgroundJob("broken", turns.turn, ALLOWANCE)]):
        await time.until(lambda: not turns.failures)
        await time.pass_seconds(LONGEST_RETRY)
        assert time.pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 10.0]
        turns.failures = [raise_key_error]
        await time.pass_seconds(10)
        assert time.pauses[-1] == 1


async def test_a_future_that_another_task_cancelled_is_a_failure_of_the_turn_alone(
    time: SteppedTime, supervisor: Supervisor
) -> None:
    async def turn() -> float:
        cancelled: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        cancelled.cancel()
        return await cancelled

    async with supervisor.running([BackgroundJob("cut", turn, ALLOWANCE)]):
        await time.settle()
        assert [problem.code for problem in supervisor.find_problems()] == [JOB_FAILING]


async def test_a_scope_that_a_turn_cancels_itself_is_no_failure(time: SteppedTime, supervisor: Supervisor) -> None:
    async def turn() -> float:
        with anyio.move_on_after(0):
            await anyio.sleep(60)
        return 10.0

    async with supervisor.running([BackgroundJob("patient", turn, ALLOWANCE)]):
        await time.pass_seconds(25)
        assert time.pauses == [10.0] * 3
        assert supervisor.find_problems() == []


async def test_cancellation_ends_all_jobs(time: SteppedTime, supervisor: Supervisor) -> None:
    ended = []

    async def turn() -> float:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(1)
        return 1.0

    async def serve() -> None:
        async with supervisor.running([BackgroundJob("one", turn, ALLOWANCE), BackgroundJob("other", turn, ALLOWANCE)]):
            await anyio.sleep_forever()

    serving = asyncio.create_task(serve())
    await time.settle()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert ended == [1, 1]
    assert supervisor.states == {}


async def test_what_ends_the_process_is_not_held_back(supervisor: Supervisor) -> None:
    class Ending(BaseException):
        pass

    async def turn() -> Never:
        raise Ending

    with pytest.raises(BaseExceptionGroup) as raised:
        async with supervisor.running([BackgroundJob("last", turn, ALLOWANCE)]):
            await anyio.sleep_forever()
    assert raised.group_contains(Ending)


async def test_errors_of_the_store_count_once_the_allowance_is_over(time: SteppedTime, supervisor: Supervisor) -> None:
    def be_unavailable() -> None:
        raise Unavailable("store-silent", "CouchDB ne répond pas.")

    turns = Turns(*[be_unavailable] * 9)
    vital = Turns(be_unavailable)
    async with supervisor.running(
        [BackgroundJob("follower", turns.turn, ALLOWANCE), BackgroundJob("vital", vital.turn, ALLOWANCE, is_vital=True)]
    ):
        await time.settle()
        assert [(problem.code, problem.job) for problem in supervisor.find_problems()] == [("store-silent", "vital")]
        await time.pass_seconds(ALLOWANCE)
        assert supervisor.find_problems() == []
        await time.pass_seconds(1)
        assert [(problem.code, problem.job) for problem in supervisor.find_problems()] == [(JOB_LATE, "follower")]


async def test_a_turn_that_hangs_is_late(time: SteppedTime, supervisor: Supervisor) -> None:
    async with supervisor.running([BackgroundJob("hanging", anyio.sleep_forever, ALLOWANCE)]):
        await time.pass_seconds(ALLOWANCE)
        assert supervisor.find_problems() == []
        await time.pass_seconds(1)
        [problem] = supervisor.find_problems()
        assert (problem.code, problem.age) == (JOB_LATE, ALLOWANCE + 1)


async def test_a_job_may_start_others_which_end_when_they_are_done(time: SteppedTime, supervisor: Supervisor) -> None:
    done = []

    async def finish() -> None:
        await time.sleep(5)
        done.append(1)

    async def turn() -> float:
        supervisor.start(BackgroundJob("child", finish, ALLOWANCE))
        return 1.0

    async with supervisor.running([BackgroundJob("parent", turn, ALLOWANCE)]):
        await time.pass_seconds(4)
        assert sorted(supervisor.states) == ["child", "parent"]
        assert done == []
        await time.pass_seconds(3)
        assert done == [1]


async def test_the_first_turns_are_waited_for_even_if_they_fail(time: SteppedTime, supervisor: Supervisor) -> None:
    turns = [Turns(raise_key_error), Turns()]
    async with supervisor.running(
        [BackgroundJob(str(number), turn.turn, ALLOWANCE) for number, turn in enumerate(turns)]
    ):
        await supervisor.wait_for_first_turns(["0", "1"])
        assert [turn.count for turn in turns] == [1, 1]


async def test_a_job_that_begins_later_is_neither_run_nor_late_before(
    time: SteppedTime, supervisor: Supervisor
) -> None:
    turns = Turns()
    async with supervisor.running([BackgroundJob("cleaning", turns.turn, 700.0, first_pause=600.0)]):
        await time.pass_seconds(599)
        assert turns.count == 0
        assert supervisor.find_problems() == []
        await time.pass_seconds(1)
        assert turns.count == 1


async def test_a_failure_is_logged_whole_once_then_counted(
    time: SteppedTime, supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    turns = Turns(*[raise_key_error] * 100, raise_group, raise_key_error)
    with caplog.at_level(logging.INFO):
        async with supervisor.running([BackgroundJob("broken", turns.turn, ALLOWANCE)]):
            await time.until(lambda: turns.count > 102, step=300, most=40_000)
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage().partition(",")[0] for record in errors if record.exc_info] == [
        "broken: KeyError in raise_key_error",
        "broken: ExceptionGroup(ExceptionGroup(TypeError)",
    ]
    assert [record.getMessage().rpartition(", ")[2] for record in errors if not record.exc_info] == [
        f"{count} times so far" for count in (2, 4, 8, 16, 32, 64)
    ]
    assert caplog.records[-1].getMessage() == "broken works again after 102 failures"
