"""The story of a server that strangers hold by connections of five kinds, and of the people it goes on answering."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from server.web.connection_limits import ConnectionLimits
from tests.support.content_folder import GOOD, write
from tests.support.held_connections import GET, PATIENCE, Client, bare_server, hold, request
from tests.support.server_process import running_server
from tests.support.small_site import APP

pytestmark = pytest.mark.anyio

LIMITS = ConnectionLimits(connections=100, headers=0.2, silent=0.2, rate=4_000, tick=0.02, lingering=0.05)
LARGE = 8_000_000  # bytes of an answer, more than sockets buffer
FEED = b"GET /feed/fr-ML HTTP/1.1\r\nHost: localhost\r\n\r\n"
PAGE = b"GET /fr-ML/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"use_uvloop": True}


async def answer(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """An application that reads a body to its end, then answers."""
    while (await receive()).get("more_body"):
        pass
    body = b"x" * LARGE if scope["path"] == "/large" else b"read"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


async def ask(port: int, requests: list[bytes]) -> int:
    """The number of answers that an honest client gets over one connection."""
    async with Client(port) as client:
        for sent in requests:
            await client.send(sent)
            assert await client.read_answer()
    return len(requests)


async def test_fifty_strangers_hold_nothing_and_keep_nobody_from_an_answer() -> None:
    async with bare_server(answer, LIMITS) as port, asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(hold(port, number % 5, 0.02, b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        for _ in range(20):
            await asyncio.sleep(0.02)
            assert await ask(port, [GET, request(4) + b"abcd"]) == 2


@pytest.mark.soak
async def test_a_thousand_strangers_hold_nothing_and_keep_nobody_from_an_answer(tmp_path: Path) -> None:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    with running_server(tmp_path) as server:
        await asyncio.to_thread(server.get, "readyz")
        async with asyncio.timeout(150), asyncio.TaskGroup() as group:
            for number in range(1000):
                group.create_task(hold(server.port, number % 5, 1.0, PAGE * 16))
            for _ in range(100):
                await asyncio.sleep(0.5)
                assert await ask(server.port, [PAGE, FEED, PAGE]) == 3


@pytest.mark.soak
@pytest.mark.parametrize("descriptors", ["96", "160"])
async def test_somebody_new_is_answered_where_descriptors_are_scarce(tmp_path: Path, descriptors: str) -> None:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    with running_server(tmp_path, descriptors=descriptors) as server:
        await asyncio.to_thread(server.get, "readyz")
        async with asyncio.TaskGroup() as group:
            held = [group.create_task(hold(server.port, number % 4, 1.0)) for number in range(400)]
            for _ in range(20):
                await asyncio.sleep(0.1)
                assert await ask(server.port, [PAGE, FEED]) == 2
            for task in held:
                task.cancel()


@pytest.mark.soak
async def test_a_stop_is_not_held_by_half_sent_requests(tmp_path: Path) -> None:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    with running_server(tmp_path, KUNNAFONI_STOP_SECONDS="5") as server:
        await asyncio.to_thread(server.get, "readyz")
        async with Client(server.port) as trickling, Client(server.port) as silent:
            await silent.send(request(1000, "/inbox") + b"z")
            await trickling.send(request(10_000_000, "/inbox"))
            sending = asyncio.create_task(trickling.trickle(b"z" * 10_000, 0.001))
            await asyncio.sleep(1)
            async with asyncio.timeout(15):
                await asyncio.to_thread(server.stop)
            assert b" 503 " in await sending
            assert b" 408 " in await silent.read_all()
