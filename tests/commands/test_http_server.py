"""The server of `serve` ends with its background jobs, so that the service manager starts it anew."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
import uvicorn
from starlette.applications import Starlette

from server.commands.http_server import HttpServer, serve_until_stopped
from server.supervision.supervisor import BackgroundJob, Supervisor
from sync.errors import Unavailable

pytestmark = pytest.mark.anyio


class Ending(BaseException):
    """An error that no supervisor contains."""


def config_of(job: BackgroundJob) -> uvicorn.Config:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with Supervisor().running([job]):
            yield

    return uvicorn.Config(Starlette(lifespan=lifespan), log_config=None, lifespan="on")


@pytest.fixture
def listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


async def test_a_server_whose_supervisor_ended_ends_with_an_error(
    listener: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    async def turn() -> float:
        await anyio.sleep(0.05)
        raise Ending

    with anyio.fail_after(60), pytest.raises(Unavailable, match="jobs-ended"):
        await serve_until_stopped(config_of(BackgroundJob("last", turn, 60.0)), listener)
    assert "Ending" in caplog.text


async def test_a_server_that_is_told_to_stop_ends_without_one(listener: socket.socket) -> None:
    async def turn() -> float:
        server.should_exit = True
        return 60.0

    server = HttpServer(config_of(BackgroundJob("calm", turn, 60.0)))
    with anyio.fail_after(60):
        await server.serve(sockets=[listener])
    assert not server.has_lost_jobs
