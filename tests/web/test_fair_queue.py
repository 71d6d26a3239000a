"""Fair queues: a few turns at a time, senders in turn, a flood that displaces itself, and no turn lost to a cut."""

from __future__ import annotations

import anyio
import pytest

from server.web.fair_queue import FairQueue
from sync.errors import Unavailable

pytestmark = pytest.mark.anyio


class Crowd:
    """Requests to one queue; each holds its turn until `serve_one`. `served` and `refused`: senders, in order."""

    def __init__(self, queue: FairQueue, tasks: anyio.abc.TaskGroup) -> None:
        self.queue = queue
        self.tasks = tasks
        self.served: list[str] = []
        self.refused: list[str] = []
        self._running: list[anyio.Event] = []

    async def arrive(self, *senders: str) -> None:
        for sender in senders:
            self.tasks.start_soon(self._ask, sender)
            await anyio.wait_all_tasks_blocked()

    async def serve_one(self) -> None:
        self._running.pop(0).set()
        await anyio.wait_all_tasks_blocked()

    async def _ask(self, sender: str) -> None:
        try:
            async with self.queue.turn(sender):
                self.served.append(sender)
                done = anyio.Event()
                self._running.append(done)
                await done.wait()
        except Unavailable:
            self.refused.append(sender)

    async def finish(self) -> None:
        while self._running:
            await self.serve_one()


async def test_senders_take_turns_whatever_one_of_them_asks() -> None:
    async with anyio.create_task_group() as tasks:
        crowd = Crowd(FairQueue(1, 10), tasks)
        await crowd.arrive("flood", "flood", "flood", "flood", "awa", "moussa", "awa")
        assert crowd.served == ["flood"]
        await crowd.finish()
    assert crowd.served == ["flood", "flood", "awa", "moussa", "flood", "awa", "flood"]
    assert crowd.refused == []


async def test_a_flood_displaces_itself_and_nobody_else() -> None:
    async with anyio.create_task_group() as tasks:
        crowd = Crowd(FairQueue(2, 3), tasks)
        await crowd.arrive(*["flood"] * 9)
        assert crowd.refused == ["flood"] * 4
        await crowd.arrive("awa", "moussa")
        assert crowd.refused == ["flood"] * 6
        await crowd.arrive("flood", "awa")  # everybody has one place: a second one is not given away
        assert crowd.refused == ["flood"] * 7 + ["awa"]
        await crowd.finish()
    assert crowd.served == ["flood", "flood", "flood", "awa", "moussa"]


async def test_who_leaves_the_queue_gives_the_place_back() -> None:
    queue = FairQueue(1, 1)
    async with anyio.create_task_group() as tasks:
        crowd = Crowd(queue, tasks)
        await crowd.arrive("awa")
        with anyio.move_on_after(0):
            async with queue.turn("cut"):
                pytest.fail("the turn is awa's")
        await crowd.arrive("moussa")
        assert crowd.refused == []
        await crowd.finish()
    assert crowd.served == ["awa", "moussa"]


async def test_a_turn_given_to_a_request_that_is_cut_is_passed_on() -> None:
    queue = FairQueue(1, 5)
    async with anyio.create_task_group() as tasks:
        crowd = Crowd(queue, tasks)
        await crowd.arrive("awa")
        async with anyio.create_task_group() as cut:
            cut.start_soon(crowd._ask, "cut")
            await anyio.wait_all_tasks_blocked()
            await crowd.arrive("moussa")
            crowd._running.pop(0).set()
            cut.cancel_scope.cancel()
        await anyio.wait_all_tasks_blocked()
        await crowd.finish()
    assert crowd.served[-1] == "moussa"
    async with queue.turn("anybody"):
        pass


async def test_an_error_in_a_turn_ends_it() -> None:
    queue = FairQueue(1, 0)
    with pytest.raises(ZeroDivisionError):
        async with queue.turn("a"):
            raise ZeroDivisionError
    async with queue.turn("b"):
        with pytest.raises(Unavailable):
            async with queue.turn("c"):
                pass
