"""Clients that send as fast as the server answers, each over one persistent connection. Used by the bench."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """The address that clients post to.

    `headers`: lines ended by CRLF. `count`: reads the number acknowledged from a response.
    """

    host: str
    port: int
    path: str
    headers: str
    count: Callable[[bytes], int]


class _Sender(asyncio.Protocol):
    """A minimal client, so that clients take little processor time from the server under test."""

    def __init__(self, target: Target, bodies: Sequence[bytes]) -> None:
        head = f"POST {target.path} HTTP/1.1\r\nhost: {target.host}\r\n{target.headers}content-length: "
        self._requests = iter([f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies])
        self._count = target.count
        self._got = b""
        self._transport: asyncio.WriteTransport
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._done = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end:
            return
        length = _LENGTH.search(head)
        if len(body) == int(length[1]) if length else body.endswith(b"0\r\n\r\n"):
            self._got = b""
            self._done += self._count(body)
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error or ConnectionError("the server hung up"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)
        else:
            self.ended.set_result(self._done)
            self._transport.close()


async def measure_rate(target: Target, bodies: Sequence[Sequence[bytes]]) -> float:
    """Acknowledged submissions per second, with one client for each sequence of bodies."""
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    connections = [
        await loop.create_connection(partial(_Sender, target, client_bodies), target.host, target.port)
        for client_bodies in bodies
    ]
    acknowledged = sum([await sender.ended for _, sender in connections])
    return acknowledged / (time.perf_counter() - start)
