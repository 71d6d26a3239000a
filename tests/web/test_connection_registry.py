"""The registry of connections: its order at the cap, its clock, and what it tells the log."""

from __future__ import annotations

import asyncio
import re
import time

import pytest

from server.web.connection_limits import ConnectionLimits
from server.web.connection_registry import ConnectionRegistry

pytestmark = pytest.mark.anyio


class Connection:
    """`checks`: the times at which it was checked."""

    def __init__(self) -> None:
        self.checks: list[float] = []
        self.is_dropped = False

    def check(self, now: float) -> None:
        self.checks.append(now)

    def drop(self) -> None:
        self.is_dropped = True


async def fill(registry: ConnectionRegistry, count: int) -> list[Connection]:
    connections = [Connection() for _ in range(count)]
    assert all(registry.add(connection, asyncio.get_running_loop()) for connection in connections)
    return connections


async def test_the_longest_without_a_good_sign_makes_room() -> None:
    registry = ConnectionRegistry(ConnectionLimits(connections=4, tick=60))
    first, second, third, fourth = await fill(registry, 4)
    registry.answer(first)  # never closed
    registry.wait(second)  # a good sign: to the end of the queue
    await fill(registry, 1)
    assert [connection.is_dropped for connection in (first, second, third, fourth)] == [False, False, True, False]
    await fill(registry, 2)
    assert [connection.is_dropped for connection in (first, second, third, fourth)] == [False, True, True, True]


async def test_nobody_is_admitted_while_all_are_being_answered() -> None:
    registry = ConnectionRegistry(ConnectionLimits(connections=2, tick=60))
    answered, other = await fill(registry, 2)
    registry.answer(answered)
    registry.answer(other)
    assert not registry.add(Connection(), asyncio.get_running_loop())
    registry.wait(other)
    assert registry.add(Connection(), asyncio.get_running_loop())
    assert (answered.is_dropped, other.is_dropped) == (False, True)


async def test_a_connection_that_is_gone_is_not_queued_again() -> None:
    registry = ConnectionRegistry(ConnectionLimits(connections=1, tick=60))
    [gone] = await fill(registry, 1)
    registry.remove(gone)
    registry.wait(gone)
    await fill(registry, 1)
    assert not gone.is_dropped


async def test_time_in_which_the_process_stood_still_is_nobodys_fault() -> None:
    registry = ConnectionRegistry(ConnectionLimits(tick=0.01))
    [connection] = await fill(registry, 1)
    time.sleep(0.2)  # noqa: ASYNC251 - the whole process stands still
    await asyncio.sleep(0.03)
    assert connection.checks[0] <= 0.02
    registry.remove(connection)


async def test_the_log_counts_what_ended_and_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    registry = ConnectionRegistry(ConnectionLimits(tick=0.01))
    [connection] = await fill(registry, 1)
    for reason in ("408", "not reading", "408"):
        registry.count(reason)
    while len(connection.checks) < 3:
        registry.count("431")
        await asyncio.sleep(0.005)
    registry.remove(connection)
    [line] = caplog.messages
    assert re.fullmatch(r"connections ended: 2 408, \d+ 431, 1 not reading", line)
