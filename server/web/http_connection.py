"""HTTP connections that strangers cannot hold: uvicorn's protocol within ConnectionLimits. Used by `commands.serve`.

uvicorn parses and calls the application; this class adds what it lacks: an end for silent, slow and oversized requests
and for clients that do not read, answers for clients that closed their sending half, and a cap of connections.
It relies on internals of one minor version of uvicorn, which pyproject.toml pins and a test checks.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any, ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from server.web.connection_limits import ConnectionLimits
from server.web.connection_refusal import RefusalAnswers
from server.web.connection_registry import ConnectionRegistry
from server.web.socket_write_coalescing import CoalescingTransport

BODY_OVERHEAD = 8  # bytes of framing for each byte of a chunked body; chunks of one byte have five


class Phase(Enum):
    """The request that is arriving; a half-sent one may follow others whose answers are under way."""

    IDLE = "nothing has arrived"
    HEAD = "its headers are arriving"
    BODY = "its body is arriving"
    WHOLE = "it has arrived and is being answered"
    REFUSED = "what arrives is discarded"


class _HeadersTooLarge(Exception):
    pass


class _TooManyPipelined(Exception):
    pass


class HttpConnection(HttpToolsProtocol):
    """`registry`, `refusals`: of one server; `http_connection_class` binds them."""

    registry: ClassVar[ConnectionRegistry]
    refusals: ClassVar[RefusalAnswers]
    transport: CoalescingTransport

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits = self.registry.limits
        self._silent = self._limits.silent
        self._longest_pause = self._silent  # before the next request
        self._stop_at: float | None = None
        self._close_at: float | None = None  # end of lingering
        self._phase = Phase.IDLE
        self._since = 0.0  # of the first byte of the head, or of the window in which the body is measured
        self._head_bytes = 0  # of the head so far, without the data being parsed
        self._parsing = 0  # bytes of the data being parsed
        self._begun = 0  # requests that began in the data being parsed
        self._body_bytes = 0
        self._window_bytes = 0  # of the body in the current window
        self._framing_bytes = 0  # of a body: chunk sizes, extensions, trailers
        self._drained_bytes = 0  # of a body after its answer
        self._is_half_closed = False
        self._output_since: float | None = None  # of the window in which a reader is measured
        self._output_mark = 0

    # asyncio's callbacks

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(CoalescingTransport(transport, self.loop))
        self._since = self.registry.now
        if not self.registry.add(self, self.loop):
            self._refuse(503, is_counted=False)

    def connection_lost(self, exc: Exception | None) -> None:
        self.registry.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._phase is Phase.REFUSED:
            return
        before = self._phase
        body_bytes = self._body_bytes
        self._parsing, self._begun = len(data), 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError as error:
            status = 431 if isinstance(error.__context__, _HeadersTooLarge) else 400
            if self._is_answering and self._phase is not Phase.BODY and not self._is_crowded:
                self.registry.count(str(status))
                self._close_after_answers()
            else:
                self._refuse(status)
            return
        except httptools.HttpParserUpgrade:
            self._close_after_answers()  # another protocol is not spoken here: the request is answered as HTTP
            return
        phase = self._phase
        if phase is Phase.IDLE:
            self._begin_head()  # line breaks before a request
            self._head_bytes += len(data)
        elif phase is Phase.HEAD:
            if self._begun <= (before is not Phase.HEAD):
                self._head_bytes += len(data)
            if self._head_bytes > self._limits.header_bytes:
                self._refuse(431)
        elif phase is Phase.BODY and before is Phase.BODY and not self._begun:
            self._measure_body(len(data), self._body_bytes - body_bytes)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the transport open for a client that has only finished sending, until its answer has left."""
        self._is_half_closed = True
        if self._phase is Phase.REFUSED:
            return self._is_answering and not self.cycle.disconnected
        return self._is_answering and self._phase is not Phase.BODY

    def pause_writing(self) -> None:
        super().pause_writing()
        self.registry.wait(self)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._phase is Phase.WHOLE:
            self.registry.answer(self)

    # httptools' callbacks

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._phase is not Phase.HEAD:
            self._begin_head()
        self._begun += 1

    def on_headers_complete(self) -> None:
        limit = self._limits.header_bytes
        if self._head_bytes + self._parsing > limit and self._measure_head() > limit:
            raise _HeadersTooLarge
        super().on_headers_complete()
        if self._is_crowded:
            raise _TooManyPipelined
        self._phase = Phase.BODY
        self._since = self.registry.now
        self._body_bytes = self._window_bytes = self._framing_bytes = self._drained_bytes = 0

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._window_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self._is_answering:
            self._phase = Phase.WHOLE
            self.registry.answer(self)
        else:
            self._begin_idle()

    # uvicorn's callbacks

    def on_response_complete(self) -> None:
        """Do what uvicorn does, without its timer for each answer: `check` ends connections kept for too long."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        if self._is_answering:
            return
        if self._phase is Phase.WHOLE:
            self._begin_idle()
        self._longest_pause = self._limits.keep_alive
        self.registry.wait(self)
        if self._is_half_closed:
            self.transport.close()

    def shutdown(self) -> None:
        super().shutdown()
        self._silent = min(self._silent, self._limits.stopping_silent)
        self._since = self.registry.now
        # A little before uvicorn cancels what is left, so that a half-sent request is told to come again.
        self._stop_at = self._since + 0.8 * self._limits.stopping

    # the registry's callbacks

    def check(self, now: float) -> None:
        if self._stop_at is not None and now >= self._stop_at and self._phase in (Phase.HEAD, Phase.BODY):
            self._refuse(503)
        elif not self._is_read_enough(now):
            self.registry.count("not reading")
            self.drop()
        elif self._is_clock_stopped:
            self._since, self._window_bytes = now, 0
        elif self._phase is Phase.HEAD:
            if now - self._since >= self._limits.headers:
                self._refuse(408)
        elif self._phase is Phase.BODY:
            if now - self._since >= self._silent:
                self._check_body(now)
        elif self._phase is Phase.REFUSED:
            if self._close_at is not None and now >= self._close_at:
                self.drop()
        elif self._phase is Phase.IDLE and now - self._since >= self._longest_pause:
            self.transport.close()

    def drop(self) -> None:
        self._phase = Phase.REFUSED
        self.transport.abort()

    @property
    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever uvicorn's type says
        return cycle is not None and not cycle.response_complete

    @property
    def _is_clock_stopped(self) -> bool:
        """True while the client waits for this server, or is still taking an answer: its time does not run."""
        if self._phase is Phase.REFUSED:
            return False
        if self._phase is Phase.BODY and self._is_answering and self.cycle.waiting_for_100_continue:
            return True
        is_taking = self._phase is Phase.IDLE and self._output_since is not None
        return self.flow.read_paused or is_taking or (self._phase is Phase.HEAD and self._is_answering)

    @property
    def _is_crowded(self) -> bool:
        return len(self.pipeline) > self._limits.pipelined

    def _begin_idle(self) -> None:
        self._phase = Phase.IDLE
        self._since = self.registry.now

    def _begin_head(self) -> None:
        self._phase = Phase.HEAD
        self._since = self.registry.now
        self._head_bytes = 0

    def _measure_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _measure_body(self, received: int, body: int) -> None:
        """Bound what is read of a body beside its bytes, and after its answer."""
        self._framing_bytes += received - body
        if self._framing_bytes > self._limits.header_bytes + BODY_OVERHEAD * self._body_bytes:
            self._refuse(400)
        elif not self._is_answering:
            self._drained_bytes += received
            if self._drained_bytes > self._limits.drained:
                self._refuse(400)

    def _check_body(self, now: float) -> None:
        if self._window_bytes < self._limits.rate * self._silent:
            self._refuse(408)
        else:
            self._since, self._window_bytes = now, 0
            self.registry.wait(self)

    def _is_read_enough(self, now: float) -> bool:
        """False for a client that took too few bytes of its answer in the last window."""
        if not self.transport.get_write_buffer_size():
            self._output_since = None
            return True
        taken = self.transport.count_taken()
        if self._output_since is None:
            self._output_since, self._output_mark = now, taken
        elif now - self._output_since >= self._silent:
            if taken - self._output_mark < self._limits.rate * self._silent:
                return False
            self._output_since, self._output_mark = now, taken
            self.registry.wait(self)
        return True

    def _close_after_answers(self) -> None:
        """Read nothing more; requests that have arrived whole are answered, the last of them closes the connection."""
        self._phase = Phase.REFUSED
        self.cycle.keep_alive = False

    def _refuse(self, status: int, is_counted: bool = True) -> None:
        """End the connection, with an answer where none is under way; the application sees its client gone."""
        if is_counted:
            self.registry.count(str(status))
        is_clear = not self.pipeline and (
            not self.cycle.response_started if self._phase is Phase.BODY else not self._is_answering
        )
        self._phase = Phase.REFUSED
        if self._is_answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if is_clear and not self.transport.is_closing():
            self.transport.write(self.refusals.write(status, self.server_state.default_headers))
            if self._stop_at is None:
                self.transport.write_eof()
                self._close_at = self.registry.now + self._limits.lingering
                return
        self.transport.close()


def http_connection_class(limits: ConnectionLimits, refusals: RefusalAnswers) -> type[HttpConnection]:
    """The protocol class of one server, for `uvicorn.Config(http=…)`."""
    bound = {"registry": ConnectionRegistry(limits), "refusals": refusals}
    return type("BoundHttpConnection", (HttpConnection,), bound)
