"""Clients that hold a connection, and a bare server within given limits. Used by the tests of connections."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from server.web.connection_limits import ConnectionLimits
from server.web.connection_refusal import RefusalAnswers
from server.web.http_connection import http_connection_class
from sync.locale import Translator
from tests.support.local_ports import wait_for_port

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
PATIENCE = 10.0  # seconds before a missing answer fails a test


def request(size: int, path: str = "/") -> bytes:
    """The headers of a POST with a body of `size` bytes."""
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode()


HALF_POST = request(1000) + b"z"


class Client(asyncio.Protocol):
    """One raw connection, closed at the end of the block. A connection that the server ended is no error."""

    def __init__(self, port: int, patience: float = PATIENCE) -> None:
        self._port = port
        self._patience = patience
        self._transport: asyncio.Transport
        self._data = bytearray()
        self._changed = asyncio.Event()
        self._writable = asyncio.Event()
        self.is_closed = False

    async def open(self) -> Client:
        connection = socket.socket()
        connection.setblocking(False)
        # Without a limit, the system's buffer takes an answer of megabytes from a client that reads nothing.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, ("127.0.0.1", self._port))
        self._transport, _ = await loop.create_connection(lambda: self, sock=connection)
        self._writable.set()
        return self

    async def __aenter__(self) -> Client:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def data_received(self, data: bytes) -> None:
        self._data += data
        self._changed.set()

    def eof_received(self) -> bool:
        self._end()
        return True  # a client goes on sending until it is told otherwise

    def connection_lost(self, error: Exception | None) -> None:
        self._end()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    @property
    def is_writable(self) -> bool:
        return self._writable.is_set()

    async def send(self, data: bytes) -> None:
        """Send as soon as the other side takes it."""
        await asyncio.wait_for(self._writable.wait(), self._patience)
        if not self._transport.is_closing():
            self._transport.write(data)

    async def trickle(self, data: bytes, every: float) -> bytes:
        """Send byte by byte until something comes back or the connection ends; return all that came."""
        for byte in data:
            if self._data or self.is_closed:
                break
            await self.send(bytes([byte]))
            await asyncio.sleep(every)
        return await self.read_all()

    def finish_sending(self) -> None:
        self._transport.write_eof()

    def stop_reading(self) -> None:
        self._transport.pause_reading()

    async def read_answer(self) -> bytes:
        """The body of the next answer; fails unless that is a 200."""
        await self._wait(lambda: b"\r\n\r\n" in self._data)
        head, _, _ = self._data.partition(b"\r\n\r\n")
        match = re.search(rb"content-length: (\d+)", head)
        assert match, head
        assert head.startswith(b"HTTP/1.1 200 "), head
        start, end = len(head) + 4, len(head) + 4 + int(match[1])
        await self._wait(lambda: len(self._data) >= end)
        body = bytes(self._data[start:end])
        del self._data[:end]
        return body

    async def read_line(self) -> bytes:
        """The status line of an interim answer, which has no headers."""
        await self._wait(lambda: b"\r\n\r\n" in self._data)
        line, _, rest = self._data.partition(b"\r\n\r\n")
        self._data = rest
        return bytes(line)

    async def read_some(self, size: int) -> int:
        """Read until at least `size` more bytes are here, then stop reading; return their number."""
        before = len(self._data)
        self._transport.resume_reading()
        await self._wait(lambda: len(self._data) >= before + size or self.is_closed)
        self.stop_reading()
        return len(self._data) - before

    async def read_all(self) -> bytes:
        """Everything up to the end of the connection; fails if it does not end."""
        self._transport.resume_reading()
        await self._wait(lambda: self.is_closed)
        return bytes(self._data)

    def close(self) -> None:
        self._transport.abort()

    def _end(self) -> None:
        self.is_closed = True
        self._writable.set()
        self._changed.set()

    async def _wait(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(self._patience):
            while not holds():
                assert not self.is_closed or holds(), bytes(self._data[:500])
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def bare_server(app: ASGIApp, limits: ConnectionLimits) -> AsyncIterator[int]:
    """The port of a running server."""
    connection_class = http_connection_class(limits, RefusalAnswers(Translator().language_of("fr")))
    config = uvicorn.Config(
        app,
        http=connection_class,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=max(1, int(limits.keep_alive)),
        timeout_graceful_shutdown=limits.stopping,  # type: ignore[arg-type]
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        await wait_for_port(listener.getsockname()[1])
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def hold(port: int, kind: int, pause: float, unread: bytes = b"") -> None:
    """Hold one connection until the server ends it: silent, slow headers, slow body, slow chunks, or not reading.

    `unread`: requests whose answers are more than the sockets of both sides take.
    """
    async with Client(port, patience=100 * pause + PATIENCE) as client:
        match kind:
            case 0:
                pass
            case 1:
                await client.trickle(b"GET / HTTP/1.1\r\nX-Slow: " + b"y" * 10_000, pause)
            case 2:
                await client.send(request(10_000))
                await client.trickle(b"z" * 10_000, pause)
            case 3:
                await client.send(b"POST /inbox HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
                await client.trickle(b"1\r\nz\r\n" * 2_000, pause)
            case _:
                client.stop_reading()
                for _ in range(40):
                    if client.is_writable:
                        await client.send(unread)
                    await asyncio.sleep(pause)
        await client.read_all()
