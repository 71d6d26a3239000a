"""Write coalescing: headers and a small body leave in one write, in order, and nothing is lost at closing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from server.web.socket_write_coalescing import FLUSH_SIZE, CoalescingTransport

pytestmark = pytest.mark.anyio


class Wire(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.closed = False
        self.kept = 0  # bytes that the other side has not taken

    def writelines(self, parts: Iterable[bytes | bytearray | memoryview]) -> None:
        assert not self.closed
        self.sent += parts  # type: ignore[arg-type]

    def get_write_buffer_size(self) -> int:
        return self.kept

    def get_extra_info(self, name: str, default: object = None) -> object:
        return default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closed
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def joining(wire: Wire) -> CoalescingTransport:
    return CoalescingTransport(wire, asyncio.get_running_loop())


async def test_what_one_turn_writes_leaves_together(joining: CoalescingTransport, wire: Wire) -> None:
    joining.write(b"HTTP/1.1 200 OK\r\n\r\n")
    joining.write(b"body")
    assert wire.sent == []
    await asyncio.sleep(0)
    assert wire.sent == [b"HTTP/1.1 200 OK\r\n\r\nbody"]
    joining.write(b"more")
    await asyncio.sleep(0)
    assert wire.sent[1:] == [b"more"]


async def test_much_does_not_wait(joining: CoalescingTransport, wire: Wire) -> None:
    joining.write(b"head")
    joining.write(b"x" * FLUSH_SIZE)
    assert b"".join(wire.sent) == b"head" + b"x" * FLUSH_SIZE
    await asyncio.sleep(0)
    assert len(wire.sent) == 2


async def test_slow_readers_of_one_large_answer_share_its_bytes(joining: CoalescingTransport, wire: Wire) -> None:
    body = b"x" * 1_000_000
    joining.write(b"head")
    joining.write(body)
    assert wire.sent[1] is body


async def test_what_the_other_side_took_is_what_was_written_and_is_not_kept(
    joining: CoalescingTransport, wire: Wire
) -> None:
    joining.write(b"x" * FLUSH_SIZE)
    joining.write(b"tail")  # not written yet
    wire.kept = 1000
    assert joining.count_taken() == FLUSH_SIZE - 1000
    assert joining.get_write_buffer_size() == 1000 + len(b"tail")


async def test_a_connection_that_is_closed_has_sent_everything(joining: CoalescingTransport, wire: Wire) -> None:
    joining.write(b"last words")
    joining.close()
    assert (wire.sent, wire.closed) == ([b"last words"], True)
    await asyncio.sleep(0)
    assert len(wire.sent) == 1


async def test_nothing_is_written_to_a_connection_that_broke(joining: CoalescingTransport, wire: Wire) -> None:
    joining.write(b"too late")
    wire.close()
    await asyncio.sleep(0)
    assert wire.sent == []
