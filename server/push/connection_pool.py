"""Pool of persistent HTTP/1.1 connections to one push service, each with one request in flight. Used by `sender.py`.

Redirects are never followed. A connection without a response for a second is `stuck` and replaced; its response still
counts.

The parser is httptools. The pool is hand-written for speed: with aiohttp a message costs 2.1 times the CPU time,
encryption included (2,500 messages a second on one core against 5,200).
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import httptools

from server.push.endpoint_policy import EndpointPolicy, PushService
from server.push.retry_delays import parse_retry_after
from sync.errors import Refused

log = logging.getLogger("kunnafoni.push")

MAX_CONNECTIONS = 64  # connections to one service
MAX_STUCK = 256  # beyond it the oldest stuck connection is aborted
CONNECT_TIMEOUT = 10.0  # seconds
OVERLOAD_THRESHOLD = 10  # consecutive responses 429 or 503
DEFAULT_PAUSE = 5.0  # seconds, when the service sends no Retry-After
MAX_PAUSE = 60.0  # seconds that a whole service may be paused: alerts are urgent
MAX_RESPONSE_BYTES = 64 * 1024  # services send a sentence at most


class PushRequest(Protocol):
    """A request to send. One that is no longer pending when a connection is free is skipped."""

    @property
    def is_pending(self) -> bool: ...
    def to_bytes(self) -> bytes: ...
    def on_sent(self, connection: PushConnection) -> None: ...
    def on_response(self, status: int, retry_after: str) -> None: ...
    def on_failure(self, reason: str) -> None: ...


class ServicePool:
    """Queue and connections of one push service."""

    def __init__(
        self, service: PushService, policy: EndpointPolicy, ssl_context: ssl.SSLContext, clock: Callable[[], float]
    ) -> None:
        self.service = service
        self._clock = clock
        self._overload_count = 0
        self._policy = policy
        self._ssl_context = ssl_context
        self._queue: deque[PushRequest] = deque()
        self._connections: set[PushConnection] = set()
        self._idle: list[PushConnection] = []
        self._stuck: dict[PushConnection, None] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._pause_timer: asyncio.TimerHandle | None = None

    def send(self, requests: Sequence[PushRequest]) -> None:
        self._queue.extend(requests)
        self._dispatch()

    def record_response(self, status: int, retry_after: str) -> None:
        """Pause the queue after OVERLOAD_THRESHOLD consecutive responses 429 or 503."""
        self._overload_count = self._overload_count + 1 if status in (429, 503) else 0
        if self._overload_count >= OVERLOAD_THRESHOLD and not self._pause_timer:
            wait = parse_retry_after(retry_after, self._clock())
            self._pause_timer = asyncio.get_running_loop().call_later(
                DEFAULT_PAUSE if wait is None else min(wait, MAX_PAUSE), self._resume
            )

    def replace(self, connection: PushConnection) -> None:
        """Mark the connection as stuck and open another one if requests are queued."""
        if connection in self._connections:
            self._connections.discard(connection)
            self._stuck[connection] = None
            if len(self._stuck) > MAX_STUCK:
                next(iter(self._stuck)).abort("stuck")
            self._dispatch()

    def release(self, connection: PushConnection) -> None:
        """Send the next pending request over the connection, or mark it as idle."""
        if connection in self._stuck:
            del self._stuck[connection]
            if len(self._connections) >= MAX_CONNECTIONS:
                connection.close()
                return
            self._connections.add(connection)
        while self._queue and not self._pause_timer and not connection.is_closed:
            request = self._queue.popleft()
            if request.is_pending:
                connection.send(request)
                return
        if not connection.is_closed:
            self._idle.append(connection)

    def remove(self, connection: PushConnection) -> None:
        self._connections.discard(connection)
        self._stuck.pop(connection, None)
        if connection in self._idle:
            self._idle.remove(connection)
        self._dispatch()

    def close(self) -> None:
        if self._pause_timer:
            self._pause_timer.cancel()
        for task in self._opening:
            task.cancel()
        for connection in (*self._connections, *self._stuck):
            connection.close()

    def _resume(self) -> None:
        self._pause_timer = None
        self._overload_count = 0
        idle, self._idle = self._idle, []
        for connection in idle:
            self.release(connection)
        self._dispatch()

    def _dispatch(self) -> None:
        while self._queue and self._idle and not self._pause_timer:
            self.release(self._idle.pop())
        missing = min(len(self._queue), MAX_CONNECTIONS - len(self._connections)) - len(self._opening)
        for _ in range(missing if not self._pause_timer else 0):
            task = asyncio.get_running_loop().create_task(self._open_connection())
            self._opening.add(task)
            task.add_done_callback(self._opened)

    async def _open_connection(self) -> None:
        loop = asyncio.get_running_loop()
        service = self.service
        async with asyncio.timeout(CONNECT_TIMEOUT):
            address = (await self._policy.resolve(service))[0]
            ssl_context, server_name = (self._ssl_context, service.host) if service.is_secure else (None, None)
            _, connection = await loop.create_connection(
                lambda: PushConnection(self), address, service.port, ssl=ssl_context, server_hostname=server_name
            )
        self._connections.add(connection)
        self.release(connection)

    def _opened(self, task: asyncio.Task[None]) -> None:
        """Take the result of opening a connection: after a failure, fail the queue if nothing else can send it."""
        self._opening.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        if not isinstance(error, OSError | ValueError | Refused):  # TimeoutError is an OSError
            log.error("push: a connection could not be opened", exc_info=error)
        if not self._connections and not self._opening:
            requests, self._queue = self._queue, deque()
            for request in requests:
                request.on_failure(_failure_reason(error))


def _failure_reason(error: BaseException) -> str:
    """A refusal's code, "host" for a name that no resolver takes (UnicodeError is a ValueError), or "unreachable".

    A certificate that fails is both an OSError and a ValueError; it may be right a moment later.
    """
    if isinstance(error, Refused):
        return error.code
    return "host" if isinstance(error, ValueError) and not isinstance(error, OSError) else "unreachable"


class PushConnection(asyncio.Protocol):
    """One connection of a pool and the request in flight on it."""

    def __init__(self, pool: ServicePool) -> None:
        self._pool = pool
        self._transport: asyncio.WriteTransport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._retry_after = ""
        self._bytes_read = 0
        self._is_free = False
        self.request: PushRequest | None = None

    @property
    def is_closed(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    @property
    def pool(self) -> ServicePool:
        return self._pool

    def send(self, request: PushRequest) -> None:
        self.request = request
        self._retry_after, self._bytes_read = "", 0
        if self._transport:
            self._transport.write(request.to_bytes())
        request.on_sent(self)

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def abort(self, reason: str) -> None:
        """Close the connection at once and fail its request."""
        request, self.request = self.request, None
        if self._transport:
            self._transport.abort()
        if request:
            request.on_failure(reason)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        request, self.request = self.request, None
        self._pool.remove(self)
        if request:
            request.on_failure("cut")

    def data_received(self, data: bytes) -> None:
        self._bytes_read += len(data)
        try:
            if self._bytes_read > MAX_RESPONSE_BYTES:
                raise httptools.HttpParserError("too long")
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.abort("answer")
            return
        if self._is_free:  # after the parser: the rest of this data answers no later request
            self._is_free = False
            self._pool.release(self)

    def on_message_begin(self) -> None:
        if self.request is None:  # a response without a request
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self._retry_after = value.decode("ascii", "replace")

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200:  # the final response follows
            return
        request, self.request = self.request, None
        is_kept_alive = self._parser.should_keep_alive()
        if request is None:
            self.close()
            return
        self._pool.record_response(status, self._retry_after)
        request.on_response(status, self._retry_after)
        if is_kept_alive:
            self._is_free = True
        else:
            self.close()
