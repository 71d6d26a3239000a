"""A push service that answers 201 at once, so that only the sender's work is measured."""

from __future__ import annotations

import asyncio
import sys

import uvloop

ANSWER = b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"
LENGTH = b"content-length: "


class Sink(asyncio.Protocol):
    """One request at a time on each connection, as HTTP/1.1 clients send without pipelining."""

    def __init__(self) -> None:
        self._wanted = 0
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._read += data
        if not self._wanted:
            end = self._read.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._read[:end].lower()
            at = head.find(LENGTH) + len(LENGTH)
            self._wanted = end + 4 + int(head[at:].partition(b"\r")[0])
        if len(self._read) >= self._wanted:
            self._read, self._wanted = b"", 0
            self._transport.write(ANSWER)


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
