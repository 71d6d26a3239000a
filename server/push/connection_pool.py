"""Kept connections to one push service, HTTP/1.1, one message at a time each. A connection that is free takes its next message itself.

No redirect is followed. A connection that is silent for long is `stuck` and replaced; it may still answer.
The parser is httptools; the rest is ours because of what a maintained HTTP client costs: a message takes 2.1 times the processor's time
when aiohttp sends it, its encoding included (about 2,500 a second on one core, where this pool comes to 5,200).
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import httptools

from server.push.endpoint_policy import EndpointPolicy, PushService
from server.push.retry import parse_retry_after
from sync.errors import Refused

MAX_CONNECTIONS = 64  # connections to one service
MAX_STUCK = 256  # beyond it the one that is silent longest is cut
CONNECT_TIMEOUT = 10.0  # seconds
OVERLOAD_THRESHOLD = 10  # answers 429 or 503 in a row
DEFAULT_PAUSE = 5.0  # seconds, when the service does not say how long
MAX_PAUSE = 60.0  # a whole service is not silenced for longer: alerts are urgent
MAX_RESPONSE_BYTES = 64 * 1024  # bytes of an answer: services say a sentence at most


class PushRequest(Protocol):
    """A message to send. `wanted` False: nobody waits for it any more, it is not begun."""

    @property
    def is_pending(self) -> bool: ...
    def to_bytes(self) -> bytes: ...
    def on_sent(self, connection: PushConnection) -> None: ...
    def on_response(self, status: int, retry_after: str) -> None: ...
    def on_failure(self, reason: str) -> None: ...


class ServicePool:
    """A service: its queue and its connections."""

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
        """After OVERLOAD answers in a row that say it is too much, nothing is begun for a while."""
        self._overload_count = self._overload_count + 1 if status in (429, 503) else 0
        if self._overload_count >= OVERLOAD_THRESHOLD and not self._pause_timer:
            wait = parse_retry_after(retry_after, self._clock())
            self._pause_timer = asyncio.get_running_loop().call_later(
                DEFAULT_PAUSE if wait is None else min(wait, MAX_PAUSE), self._resume
            )

    def replace(self, connection: PushConnection) -> None:
        """The link has been silent for long; another one takes its place."""
        if connection in self._connections:
            self._connections.discard(connection)
            self._stuck[connection] = None
            if len(self._stuck) > MAX_STUCK:
                next(iter(self._stuck)).abort("stuck")
            self._dispatch()

    def release(self, connection: PushConnection) -> None:
        """The link is free: its next message, or rest."""
        if connection in self._stuck:
            del self._stuck[connection]
            if len(self._connections) >= MAX_CONNECTIONS:
                connection.close()
                return
            self._connections.add(connection)
        while self._queue and not self._pause_timer and not connection.is_closed:
            job = self._queue.popleft()
            if job.is_pending:
                connection.send(job)
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
        for link in (*self._connections, *self._stuck):
            link.close()

    def _resume(self) -> None:
        self._pause_timer = None
        self._overload_count = 0
        idle, self._idle = self._idle, []
        for link in idle:
            self.release(link)
        self._dispatch()

    def _dispatch(self) -> None:
        while self._queue and self._idle and not self._pause_timer:
            self.release(self._idle.pop())
        wanted = min(len(self._queue), MAX_CONNECTIONS - len(self._connections)) - len(self._opening)
        for _ in range(wanted if not self._pause_timer else 0):
            task = asyncio.get_running_loop().create_task(self._open_connection())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open_connection(self) -> None:
        loop = asyncio.get_running_loop()
        here = self.service
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                address = (await self._policy.resolve(here))[0]
                trust, name = (self._ssl_context, here.host) if here.is_secure else (None, None)
                _, link = await loop.create_connection(
                    lambda: PushConnection(self), address, here.port, ssl=trust, server_hostname=name
                )
        except (OSError, TimeoutError, Refused) as error:
            reason = error.code if isinstance(error, Refused) else "unreachable"
            if not self._connections and len(self._opening) == 1:  # nobody else could send what waits
                waiting, self._queue = self._queue, deque()
                for job in waiting:
                    job.on_failure(reason)
            return
        self._connections.add(link)
        self.release(link)


class PushConnection(asyncio.Protocol):
    """One connection and the message it carries now."""

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
        """Give the message up."""
        job, self.request = self.request, None
        if self._transport:
            self._transport.abort()
        if job:
            job.on_failure(reason)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        job, self.request = self.request, None
        self._pool.remove(self)
        if job:
            job.on_failure("cut")

    def data_received(self, data: bytes) -> None:
        self._bytes_read += len(data)
        try:
            if self._bytes_read > MAX_RESPONSE_BYTES:
                raise httptools.HttpParserError("too long")
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.abort("answer")
            return
        if self._is_free:  # only now: what else came with the answer is none to the next message
            self._is_free = False
            self._pool.release(self)

    def on_message_begin(self) -> None:
        if self.request is None:  # nothing was asked
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self._retry_after = value.decode("ascii", "replace")

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200:  # the answer is still to come
            return
        job, self.request = self.request, None
        keeps = self._parser.should_keep_alive()
        if job is None:
            self.close()
            return
        self._pool.record_response(status, self._retry_after)
        job.on_response(status, self._retry_after)
        if keeps:
            self._is_free = True
        else:
            self.close()
