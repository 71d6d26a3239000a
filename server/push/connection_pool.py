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

from server.push.endpoint_policy import Guard, Service
from server.push.retry import wait_of
from sync.errors import Refused

MOST = 64  # connections to one service
MOST_STUCK = 256  # beyond it the one that is silent longest is cut
CONNECT = 10.0  # seconds
OVERLOAD = 10  # answers 429 or 503 in a row
REST = 5.0  # seconds, when the service does not say how long
REST_MOST = 60.0  # a whole service is not silenced for longer: alerts are urgent
ANSWER_LIMIT = 64 * 1024  # bytes of an answer: services say a sentence at most


class Job(Protocol):
    """A message to send. `wanted` False: nobody waits for it any more, it is not begun."""

    @property
    def wanted(self) -> bool: ...
    def request(self) -> bytes: ...
    def begun(self, link: Link) -> None: ...
    def answered(self, status: int, retry_after: str) -> None: ...
    def failed(self, reason: str) -> None: ...


class Line:
    """A service: its queue and its connections."""

    def __init__(self, service: Service, guard: Guard, trust: ssl.SSLContext, clock: Callable[[], float]) -> None:
        self.service = service
        self._clock = clock
        self._overload = 0
        self._guard = guard
        self._trust = trust
        self._queue: deque[Job] = deque()
        self._links: set[Link] = set()
        self._idle: list[Link] = []
        self._stuck: dict[Link, None] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._paused: asyncio.TimerHandle | None = None

    def send(self, jobs: Sequence[Job]) -> None:
        self._queue.extend(jobs)
        self._pump()

    def heard(self, status: int, retry_after: str) -> None:
        """After OVERLOAD answers in a row that say it is too much, nothing is begun for a while."""
        self._overload = self._overload + 1 if status in (429, 503) else 0
        if self._overload >= OVERLOAD and not self._paused:
            wait = wait_of(retry_after, self._clock())
            self._paused = asyncio.get_running_loop().call_later(
                REST if wait is None else min(wait, REST_MOST), self._resume
            )

    def replace(self, link: Link) -> None:
        """The link has been silent for long; another one takes its place."""
        if link in self._links:
            self._links.discard(link)
            self._stuck[link] = None
            if len(self._stuck) > MOST_STUCK:
                next(iter(self._stuck)).cut("stuck")
            self._pump()

    def take(self, link: Link) -> None:
        """The link is free: its next message, or rest."""
        if link in self._stuck:
            del self._stuck[link]
            if len(self._links) >= MOST:
                link.close()
                return
            self._links.add(link)
        while self._queue and not self._paused and not link.gone:
            job = self._queue.popleft()
            if job.wanted:
                link.give(job)
                return
        if not link.gone:
            self._idle.append(link)

    def lost(self, link: Link) -> None:
        self._links.discard(link)
        self._stuck.pop(link, None)
        if link in self._idle:
            self._idle.remove(link)
        self._pump()

    def close(self) -> None:
        if self._paused:
            self._paused.cancel()
        for task in self._opening:
            task.cancel()
        for link in (*self._links, *self._stuck):
            link.close()

    def _resume(self) -> None:
        self._paused = None
        self._overload = 0
        idle, self._idle = self._idle, []
        for link in idle:
            self.take(link)
        self._pump()

    def _pump(self) -> None:
        while self._queue and self._idle and not self._paused:
            self.take(self._idle.pop())
        wanted = min(len(self._queue), MOST - len(self._links)) - len(self._opening)
        for _ in range(wanted if not self._paused else 0):
            task = asyncio.get_running_loop().create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        here = self.service
        try:
            async with asyncio.timeout(CONNECT):
                address = (await self._guard.addresses(here))[0]
                trust, name = (self._trust, here.host) if here.secure else (None, None)
                _, link = await loop.create_connection(
                    lambda: Link(self), address, here.port, ssl=trust, server_hostname=name
                )
        except (OSError, TimeoutError, Refused) as error:
            reason = error.code if isinstance(error, Refused) else "unreachable"
            if not self._links and len(self._opening) == 1:  # nobody else could send what waits
                waiting, self._queue = self._queue, deque()
                for job in waiting:
                    job.failed(reason)
            return
        self._links.add(link)
        self.take(link)


class Link(asyncio.Protocol):
    """One connection and the message it carries now."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._transport: asyncio.WriteTransport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._retry_after = ""
        self._read = 0
        self._free = False
        self.job: Job | None = None

    @property
    def gone(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    @property
    def line(self) -> Line:
        return self._line

    def give(self, job: Job) -> None:
        self.job = job
        self._retry_after, self._read = "", 0
        if self._transport:
            self._transport.write(job.request())
        job.begun(self)

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def cut(self, reason: str) -> None:
        """Give the message up."""
        job, self.job = self.job, None
        if self._transport:
            self._transport.abort()
        if job:
            job.failed(reason)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        job, self.job = self.job, None
        self._line.lost(self)
        if job:
            job.failed("cut")

    def data_received(self, data: bytes) -> None:
        self._read += len(data)
        try:
            if self._read > ANSWER_LIMIT:
                raise httptools.HttpParserError("too long")
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.cut("answer")
            return
        if self._free:  # only now: what else came with the answer is none to the next message
            self._free = False
            self._line.take(self)

    def on_message_begin(self) -> None:
        if self.job is None:  # nothing was asked
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after":
            self._retry_after = value.decode("ascii", "replace")

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200:  # the answer is still to come
            return
        job, self.job = self.job, None
        keeps = self._parser.should_keep_alive()
        if job is None:
            self.close()
            return
        self._line.heard(status, self._retry_after)
        job.answered(status, self._retry_after)
        if keeps:
            self._free = True
        else:
            self.close()
