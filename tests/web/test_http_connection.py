"""Connections: strangers who are silent, slow or oversized lose theirs, honest clients on bad networks never do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.web.connection_limits import ConnectionLimits
from tests.support.held_connections import GET, HALF_POST, Client, bare_server, request

pytestmark = pytest.mark.anyio

LIMITS = ConnectionLimits(
    connections=5,
    headers=0.1,
    header_bytes=4096,
    silent=0.1,
    rate=4_000,
    keep_alive=0.25,
    drained=50_000,
    lingering=0.05,
    stopping=1.0,
    stopping_silent=0.05,
    tick=0.01,
)
LARGE = 8_000_000  # bytes: more than the sockets of both sides buffer
SLOW_VIEW = 0.2  # seconds: longer than any limit for clients


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The event loop of the product; its transports differ from asyncio's."""
    return "asyncio", {"use_uvloop": True}


class View:
    """Counts the bytes of bodies. `seen`: paths of requests that came whole; `gone`: of those that did not."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.gone: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/late-reader":
            await asyncio.sleep(SLOW_VIEW)
        size, more = 0, path != "/early"
        while more:
            message = await receive()
            if message["type"] != "http.request":
                self.gone.append(path)
                return
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        self.seen.append(path)
        if path == "/slow":
            await asyncio.sleep(SLOW_VIEW)
        await self._answer(b"x" * LARGE if path == "/large" else str(size).encode(), send)

    @staticmethod
    async def _answer(body: bytes, send: Send) -> None:
        headers = [(b"content-length", str(len(body)).encode())]
        start: Message = {"type": "http.response.start", "status": 200, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[tuple[View, int]]:
    view = View()
    async with bare_server(view, LIMITS) as port:
        yield view, port


@pytest.fixture
def view(site: tuple[View, int]) -> View:
    """The view of the server at `port`, as if it had seen nothing yet."""
    site[0].seen, site[0].gone = [], []
    return site[0]


@pytest.fixture
def port(site: tuple[View, int]) -> int:
    return site[1]


@pytest.fixture
async def empty_port() -> AsyncIterator[int]:
    """A server without a connection of another test, which ends none for its slowness."""
    async with bare_server(View(), replace(LIMITS, headers=60.0, silent=60.0)) as port:
        yield port


def refusal(answer: bytes) -> tuple[int, str]:
    """Status and code of an answer in the error form."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["code"]


async def test_headers_that_do_not_end_are_refused_in_time(port: int) -> None:
    async with Client(port) as client:
        await client.send(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        assert refusal(await client.read_all()) == (408, "request-slow")


async def test_one_more_byte_of_the_headers_buys_no_time(port: int) -> None:
    async with Client(port) as client:
        assert refusal(await client.trickle(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: 1", every=0.02)) == (
            408,
            "request-slow",
        )


async def test_line_breaks_before_a_request_are_headers_that_do_not_end(port: int) -> None:
    async with Client(port) as client:
        assert refusal(await client.trickle(b"\r\n" * 10, every=0.02)) == (408, "request-slow")


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 5000 + b"\r\n\r\n"],
        [b"GET / HTTP/1.1\r\nHost: a\r\nX: ", *[b"y" * 1000] * 5],
        [b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 900 + b"\r\n"],
        [b"GET / HTTP/1.1\r\n", *[b"X: y\r\n" * 300] * 3],
        [b"GET /" + b"y" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"],
        [GET + b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100, *[b"y" * 1000] * 6],
    ],
    ids=["one", "one without end", "many", "many without end", "address", "of a second request"],
)
async def test_headers_that_are_too_large_are_refused(port: int, view: View, parts: list[bytes]) -> None:
    async with Client(port) as client:
        for part in parts:
            await client.send(part)
            await asyncio.sleep(0.005)
        answer = await client.read_all()
    assert refusal(answer[answer.rfind(b"HTTP/1.1 ") :]) == (431, "headers-too-large")
    assert len(view.seen) == answer.count(b"200 OK") == sum(part.startswith(GET) for part in parts)


async def test_a_large_body_that_comes_with_its_headers_is_no_large_header(port: int) -> None:
    async with Client(port) as client:
        await client.send(request(60_000) + b"z" * 60_000)
        assert await client.read_answer() == b"60000"


async def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    async with Client(port) as client:
        assert await client.read_all() == b""


async def test_a_connection_is_kept_between_requests_and_not_for_ever(port: int) -> None:
    async with Client(port) as client:
        for _ in range(2):
            await client.send(GET)
            assert await client.read_answer() == b"0"
            await asyncio.sleep(0.15)
        assert await client.read_all() == b""


async def test_a_body_that_stops_is_refused_and_the_view_told(port: int, view: View) -> None:
    async with Client(port) as client:
        await client.send(HALF_POST)
        assert refusal(await client.read_all()) == (408, "request-slow")
    assert (view.seen, view.gone) == ([], ["/"])


async def test_a_body_below_the_rate_is_refused(port: int) -> None:
    async with Client(port) as client:
        await client.send(request(1000))
        assert refusal(await client.trickle(b"z" * 100, every=0.01)) == (408, "request-slow")


async def test_a_body_at_the_pace_of_a_bad_network_arrives_however_long_it_takes(port: int) -> None:
    async with Client(port) as client:
        await client.send(request(9_000))
        for _ in range(30):
            await client.send(b"z" * 300)
            await asyncio.sleep(0.01)
        assert await client.read_answer() == b"9000"


async def test_a_client_does_not_pay_for_a_view_that_reads_late(port: int) -> None:
    async with Client(port) as client:
        await client.send(request(300_000, "/late-reader"))
        await client.send(b"z" * 300_000)
        assert await client.read_answer() == b"300000"


async def test_a_client_that_asks_before_its_body_waits_for_the_view(port: int) -> None:
    async with Client(port) as client:
        await client.send(request(3, "/late-reader").replace(b"Host", b"Expect: 100-continue\r\nHost"))
        assert await client.read_line() == b"HTTP/1.1 100 Continue"
        await client.send(b"abc")
        assert await client.read_answer() == b"3"


async def test_framing_without_a_body_is_refused(port: int) -> None:
    async with Client(port) as client:
        await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        await asyncio.sleep(0.01)
        for _ in range(3):
            await client.send(b"1;" + b"e" * 3000 + b"\r\nz\r\n")
        assert refusal(await client.read_all()) == (400, "request-unreadable")


async def test_trailers_without_end_are_refused(port: int) -> None:
    async with Client(port) as client:
        await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        await asyncio.sleep(0.01)
        await client.send(b"1\r\nz\r\n0\r\n" + b"x: y\r\n" * 1000)
        assert refusal(await client.read_all()) == (400, "request-unreadable")


async def test_chunks_of_one_byte_are_a_body_like_any_other(port: int) -> None:
    async with Client(port) as client:
        await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        await asyncio.sleep(0.01)
        for _ in range(4):
            await client.send(b"1\r\nz\r\n" * 1000)
        await client.send(b"0\r\n\r\n")
        assert await client.read_answer() == b"4000"


@pytest.mark.parametrize("size", [100_000_000, 1000], ids=["endless", "stopped"])
async def test_a_body_is_not_read_for_ever_after_its_answer(port: int, size: int) -> None:
    async with Client(port) as client:
        await client.send(request(size, "/early"))
        assert await client.read_answer() == b"0"
        while size > 1000 and not client.is_closed:
            await client.send(b"z" * 10_000)
            await asyncio.sleep(0.001)
        assert await client.read_all() == b""


async def test_a_client_that_has_finished_sending_gets_its_answers(port: int) -> None:
    async with Client(port) as client:
        await client.send(request(0, "/slow") + GET)
        client.finish_sending()
        answers = await client.read_all()
    assert answers.count(b"200 OK") == 2


async def test_half_a_request_that_will_not_go_on_ends_at_once(port: int, view: View) -> None:
    for half in (b"", b"GET / HT", HALF_POST):
        async with Client(port) as client:
            await client.send(half)
            client.finish_sending()
            assert await client.read_all() == b""
    assert view.seen == []


async def test_a_client_that_does_not_read_its_answer_loses_it(port: int) -> None:
    async with Client(port) as client:
        client.stop_reading()
        await client.send(request(0, "/large"))
        for _ in range(16):  # in turns, so that a loop that stands still for a moment measures as often
            await asyncio.sleep(LIMITS.silent / 4)
        assert len(await client.read_all()) < LARGE


async def test_a_client_that_reads_slowly_gets_all_of_it(port: int) -> None:
    async with Client(port) as client:
        await client.send(request(0, "/large"))
        taken = 0
        while taken < LARGE:
            taken += await client.read_some(LARGE // 50)
            await asyncio.sleep(2 * LIMITS.keep_alive / 50)
        assert taken >= LARGE


async def test_at_the_cap_the_connection_idle_for_longest_makes_room(empty_port: int) -> None:
    clients = [await Client(empty_port).open() for _ in range(LIMITS.connections)]
    await clients[0].send(GET)
    assert await clients[0].read_answer() == b"0"
    newcomers = [await Client(empty_port).open() for _ in range(2)]
    for client in (clients[0], *newcomers):
        await client.send(GET)
        assert await client.read_answer() == b"0"
    assert [await client.read_all() for client in clients[1:3]] == [b"", b""]
    for client in (*clients, *newcomers):
        client.close()


async def test_half_sent_requests_do_not_shut_newcomers_out(empty_port: int) -> None:
    holders = [await Client(empty_port).open() for _ in range(LIMITS.connections)]
    for holder, half in zip(holders, (b"GET / HT", HALF_POST) * 3, strict=False):
        await holder.send(half)
    for _ in range(2 * LIMITS.connections):
        async with Client(empty_port) as client:
            await client.send(GET)
            assert await client.read_answer() == b"0"
    for holder in holders:
        holder.close()


async def test_who_is_being_answered_is_not_closed_for_a_newcomer(empty_port: int) -> None:
    waiting = [await Client(empty_port).open() for _ in range(LIMITS.connections)]
    for client in waiting:
        await client.send(request(0, "/slow"))
    await asyncio.sleep(0.02)
    async with Client(empty_port) as newcomer:
        assert refusal(await newcomer.read_all()) == (503, "busy")
    assert [await client.read_answer() for client in waiting] == [b"0"] * LIMITS.connections
    for client in waiting:
        client.close()


async def test_requests_sent_ahead_are_answered_in_order_and_bounded(port: int, view: View) -> None:
    async with Client(port) as client:
        await client.send(b"".join(request(0, f"/{n}") for n in range(LIMITS.pipelined)))
        for _ in range(LIMITS.pipelined):
            await client.read_answer()
    assert view.seen == [f"/{n}" for n in range(LIMITS.pipelined)]
    async with Client(port) as client:
        await client.send(GET * 1000)
        await client.read_all()
    assert len(view.seen) < 3 * LIMITS.pipelined


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c"])
async def test_another_protocol_is_answered_as_http_and_nothing_after_it(port: int, protocol: bytes) -> None:
    async with Client(port) as client:
        await client.send(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: %b\r\nConnection: Upgrade\r\n\r\n" % protocol + GET)
        answer = await client.read_all()
    assert answer.count(b"HTTP/1.1 200") == answer.count(b"HTTP/1.1") == 1


async def test_what_is_no_request_is_refused_in_the_error_form(port: int) -> None:
    for garbage in (b"\x16\x03\x01\x02", b"GET / HTTP/9.9\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost a\r\n\r\n"):
        async with Client(port) as client:
            await client.send(garbage)
            answer = await client.read_all()
        assert refusal(answer) == (400, "request-unreadable")
        assert b"\r\naccess-control-allow-origin: *\r\n" in answer


@pytest.mark.parametrize("garbage", [b"nonsense\r\n\r\n", b"\xff" * 99, b"GET / HTTP/1.1\r\nHost a\r\n\r\n"])
@pytest.mark.parametrize("is_half_closed", [False, True])
async def test_a_whole_request_is_answered_whatever_bytes_follow_it(
    port: int, view: View, garbage: bytes, is_half_closed: bool
) -> None:
    async with Client(port) as client:
        await client.send(request(0, "/slow") + request(0, "/next") + garbage)
        if is_half_closed:
            client.finish_sending()
        answer = await client.read_all()
    assert answer.count(b"HTTP/1.1 200") == answer.count(b"HTTP/1.1") == 2
    assert view.seen == ["/slow", "/next"]


async def test_stopping_waits_for_answers_and_not_for_half_sent_requests() -> None:
    loop = asyncio.get_running_loop()
    async with bare_server(View(), LIMITS) as port:
        halves = [await Client(port).open() for _ in range(3)]
        for client, half in zip(halves, (b"GET / HT", HALF_POST, request(0, "/large")), strict=True):
            await client.send(half)
        whole = await Client(port).open()
        await whole.send(request(0, "/slow"))
        await asyncio.sleep(0.02)
        started = loop.time()
    assert loop.time() - started < LIMITS.stopping
    assert await whole.read_answer() == b"0"
    assert refusal(await halves[1].read_all())[0] in (408, 503)
    for client in (*halves, whole):
        client.close()
