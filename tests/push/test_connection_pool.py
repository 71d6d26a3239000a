"""The connection pool: every message ends and memory stays bounded, whatever bytes a push service sends."""

from __future__ import annotations

import asyncio
import itertools
import logging
import ssl
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.push.connection_pool import MAX_RESPONSE_BYTES, OVERLOAD_THRESHOLD, PushConnection, ServicePool
from server.push.endpoint_policy import EndpointPolicy, PushService
from server.push.retry_delays import MAX_RETRY_AFTER, parse_retry_after

SERVICE = PushService("push.example", 443)
TRUST = ssl.create_default_context()
WELL = b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"


class Wire(asyncio.Transport):
    """A transport that records writes and closing."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True


class Asked:
    """One request with its result."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ends: list[str] = []

    @property
    def is_pending(self) -> bool:
        return not self.ends

    def to_bytes(self) -> bytes:
        return self.name.encode()

    def on_sent(self, link: PushConnection) -> None:
        pass

    def on_response(self, status: int, retry_after: str) -> None:
        parse_retry_after(retry_after, 0.0)
        self.ends.append(str(status))

    def on_failure(self, reason: str) -> None:
        self.ends.append(reason)


class Joined(ServicePool):
    """A pool whose connections are `Wire`s."""

    def __init__(self) -> None:
        super().__init__(SERVICE, EndpointPolicy(("push.example",)), TRUST, time.time)
        self.made: list[tuple[PushConnection, Wire]] = []

    async def _open_connection(self) -> None:
        link, wire = PushConnection(self), Wire()
        link.connection_made(wire)
        self.made.append((link, wire))
        self._connections.add(link)
        self.release(link)


def asked(*names: str) -> list[Asked]:
    return [Asked(name) for name in names]


async def heard(chunks: list[bytes], jobs: list[Asked]) -> Wire:
    """Feed these bytes to one connection with its first message in flight, then close it."""
    line = Joined()
    line.send(jobs[:1])
    await asyncio.sleep(0)
    [(link, wire)] = line.made
    line.send(jobs[1:])
    line._opening.clear()
    received = 0
    for chunk in chunks:
        if wire.closed:
            break
        link.data_received(chunk)
        received += len(chunk)
        assert received <= MAX_RESPONSE_BYTES * max(1, len(wire.written)) or wire.closed
    link.connection_lost(None)
    line.close()
    await asyncio.sleep(0)
    return wire


def cut_up(data: bytes, cuts: list[int]) -> list[bytes]:
    """The bytes cut at these positions."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


HEADERS = st.sampled_from(
    [
        b"content-length: 0",
        b"content-length: 5",
        b"Content-Length: -1",
        b"content-length: 99999999999999999999",
        b"transfer-encoding: chunked",
        b"transfer-encoding: gzip, chunked",
        b"connection: close",
        b"connection: upgrade",
        b"upgrade: websocket",
        b"retry-after: 1",
        b"retry-after: Thu, 01 Jan 1970 00:00:00 +99999999999999999999",
        b"retry-after: \xff\xfe",
        b": x",
        b" folded",
        b"x" * 300 + b": " + b"y" * 3000,
    ]
)
STATUS = st.sampled_from(
    [b"200 OK", b"201", b"100 Continue", b"101 Switching", b"103 Early", b"204 x", b"304 x", b"429 x"]
)
LIKE_ANSWERS = st.builds(
    lambda version, status, headers, body: b"\r\n".join([version + b" " + status, *headers, b"", body]),
    st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/1.1 ", b"ICY", b""]),
    STATUS | st.integers(0, 1000).map(lambda code: f"{code:03} x".encode()),
    st.lists(HEADERS, max_size=4),
    st.sampled_from([b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"FFFFFFFFFFFFFFFFF\r\n", b"-1\r\n", b"0\r\n\r\n"])
    | st.binary(),
)
BYTES = st.one_of(st.binary(), st.lists(LIKE_ANSWERS | st.binary(max_size=40), max_size=20).map(b"".join))


@settings(max_examples=400, deadline=None)
@given(BYTES, st.lists(st.integers(0, 5000), max_size=30))
@example(b"HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", [])
def test_whatever_comes_each_message_that_was_begun_ends_once(data: bytes, cuts: list[int]) -> None:
    jobs = asked(*(f"{number}" for number in range(12)))
    wire = asyncio.run(heard(cut_up(data, cuts), jobs))
    written = len(wire.written)
    assert [len(job.ends) for job in jobs] == [1] * written + [0] * (len(jobs) - written)


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 10,
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"5\r\nhello\r\n" * 10_000,
        b"HTTP/1.1 103 x\r\n\r\n" * 10_000,
        b"HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nhello",
        b"HTTP/1.1 9999 OK\r\n\r\n",
    ],
)
def test_nonsense_and_what_never_ends_is_cut(data: bytes) -> None:
    [job] = jobs = asked("one")
    wire = asyncio.run(heard(cut_up(data, [*range(0, len(data), 1000)]), jobs))
    assert job.ends in (["answer"], ["cut"])
    assert wire.closed or len(data) < 100


def test_an_answer_in_pieces_frees_the_connection_for_the_next_message() -> None:
    jobs = asked("one", "two")
    wire = asyncio.run(heard([WELL[:9], WELL[9:30], WELL[30:], WELL[:-1], WELL[-1:]], jobs))
    assert [job.ends for job in jobs] == [["201"], ["201"]]
    assert (wire.written, wire.closed) == ([b"one", b"two"], False)


def test_an_answer_that_nobody_asked_for_is_none_to_the_next_message() -> None:
    jobs = asked("one", "two")
    wire = asyncio.run(heard([WELL + WELL], jobs))
    assert ([job.ends for job in jobs], wire.written, wire.closed) == ([["201"], []], [b"one"], True)


def test_what_comes_before_the_answer_is_not_the_answer() -> None:
    [job] = jobs = asked("one")
    asyncio.run(heard([b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n", WELL], jobs))
    assert job.ends == ["201"]


@given(
    st.text() | st.builds("{} {} {} {}:{}:{} {:+}".format, st.integers(), st.just("Jan"), *[st.integers()] * 5),
    st.floats(0, 1e12),
)
def test_any_retry_after_is_a_wait_or_none(text: str, now: float) -> None:
    wait = parse_retry_after(text, now)
    assert wait is None or 0 <= wait <= MAX_RETRY_AFTER


def test_a_service_that_asks_for_an_impossible_wait_is_left_alone_for_a_while() -> None:
    jobs = asked(*"abcdefghijkl")
    too_much = b"HTTP/1.1 429 x\r\nretry-after: 1 Jan 1970 0:0:0 +99999999999999999999\r\ncontent-length: 0\r\n\r\n"
    asyncio.run(heard([too_much] * OVERLOAD_THRESHOLD, jobs))
    assert [job.ends for job in jobs] == [["429"]] * OVERLOAD_THRESHOLD + [[]] * (len(jobs) - OVERLOAD_THRESHOLD)


@pytest.mark.parametrize(
    ("failure", "reason", "logged"),
    [
        (OSError("no route"), "unreachable", False),
        (TimeoutError(), "unreachable", False),
        (UnicodeError("label too long"), "host", False),
        (ValueError("not an address"), "host", False),
        (KeyError("a fault of the program"), "unreachable", True),
    ],
)
def test_a_connection_that_cannot_be_opened_ends_its_messages_at_once(
    failure: Exception, reason: str, logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    class Unresolvable(EndpointPolicy):
        async def resolve(self, service: PushService) -> list[str]:
            raise failure

    async def send() -> list[Asked]:
        unhandled: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: unhandled.append(context))
        pool = ServicePool(SERVICE, Unresolvable(("push.example",)), TRUST, time.time)
        pool.send(jobs := asked("one", "two"))
        for _ in range(5):
            await asyncio.sleep(0)
        pool.close()
        assert unhandled == []
        return jobs

    with caplog.at_level(logging.ERROR):
        jobs = asyncio.run(send())
    assert [job.ends for job in jobs] == [[reason], [reason]]
    assert bool(caplog.records) is logged
