"""A phone's link in front of any server: counts bytes and can be as slow as EDGE.

The model is WebPageTest's: each direction carries its bytes one after the other at its own rate, and everything arrives
half a round trip later. A connection is taken as already open and nothing is lost, which favours whoever needs more
requests.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

PACKET = 1_400  # bytes that a mobile network carries at once
REQUEST = b" HTTP/1.1\r\n"  # ends the first line of each request


@dataclass(frozen=True, slots=True)
class Profile:
    """Bytes a second down and up, and the round trip in seconds."""

    down: float
    up: float
    round_trip: float


EDGE = Profile(down=240_000 / 8, up=200_000 / 8, round_trip=0.840)


@dataclass(slots=True)
class Traffic:
    requests: int = 0
    up: int = 0
    down: int = 0


@dataclass(slots=True)
class SlowLink:
    """The port for the phone, and the traffic since the last `reset`."""

    port: int
    traffic: Traffic

    def reset(self) -> Traffic:
        """Return the traffic so far and count from zero."""
        traffic = Traffic(self.traffic.requests, self.traffic.up, self.traffic.down)
        self.traffic.requests = self.traffic.up = self.traffic.down = 0
        return traffic


class Radio:
    """One direction of the link; the bytes of all connections share one queue."""

    def __init__(self, rate: float, delay: float) -> None:
        self.rate = rate
        self.delay = delay
        self.free = 0.0

    async def send(self, size: int) -> None:
        now = time.monotonic()
        self.free = max(now, self.free) + size / self.rate
        await asyncio.sleep(self.free - now)


@asynccontextmanager
async def running_link(port: int, profile: Profile | None = None) -> AsyncIterator[SlowLink]:
    """A link to 127.0.0.1:`port`; without a profile it only counts."""
    traffic = Traffic()
    up = Radio(profile.up, profile.round_trip / 2) if profile else None
    down = Radio(profile.down, profile.round_trip / 2) if profile else None
    flows: set[asyncio.Task[None]] = set()
    ends: list[asyncio.StreamWriter] = []

    def count_up(packet: bytes, before: bytes) -> None:
        traffic.up += len(packet)
        traffic.requests += (before[1 - len(REQUEST) :] + packet).count(REQUEST)

    def count_down(packet: bytes, before: bytes) -> None:
        traffic.down += len(packet)

    async def connect(from_phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        ends.extend((to_phone, to_server))
        for way in (carry(from_phone, to_server, up, count_up), carry(from_server, to_phone, down, count_down)):
            task = asyncio.create_task(way)
            flows.add(task)
            task.add_done_callback(flows.discard)

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    try:
        yield SlowLink(server.sockets[0].getsockname()[1], traffic)
    finally:
        server.close()
        running = list(flows)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for end in ends:
            end.transport.abort()
        await asyncio.sleep(0)  # transports finish closing on the loop's next turn


async def carry(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    radio: Radio | None,
    count: Callable[[bytes, bytes], None],
) -> None:
    """Forward packets until either end closes."""
    loop = asyncio.get_running_loop()
    before = b""
    delay = radio.delay if radio else 0.0
    try:
        while packet := await source.read(PACKET):
            count(packet, before)
            before = packet
            if radio:
                await radio.send(len(packet))
                loop.call_later(delay, target.write, packet)
            else:
                target.write(packet)
                await target.drain()
    except ConnectionError:
        pass  # the other end went away: the close below tells this one
    finally:
        loop.call_later(delay, target.close)
