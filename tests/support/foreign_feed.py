"""A server of another organisation on this machine: documents by path, with ETags, redirects and failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sync.canonical import digest

HOST = "127.0.0.1"


@dataclass
class ForeignServer:
    """`documents`: bytes, the address of a redirect, or a status, by path. `asked`: paths, each with its status."""

    port: int = 0
    documents: dict[str, bytes | str | int] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def address(self, path: str) -> str:
        return f"http://{HOST}:{self.port}{path}"

    def answer(self, path: str, etag: str) -> tuple[int, str, bytes]:
        """Status, header lines and body."""
        document = self.documents.get(path, 404)
        if isinstance(document, int):
            return document, "", b""
        if isinstance(document, str):
            return 302, f"location: {document}\r\n", b""
        own = f'"{digest(document)}"'
        return (304, "", b"") if etag == own else (200, f"etag: {own}\r\n", document)


@asynccontextmanager
async def foreign_server() -> AsyncIterator[ForeignServer]:
    server = ForeignServer()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ")[1]
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        etag = next((line.split(": ", 1)[1] for line in head.split("\r\n") if line.lower().startswith("if-none-")), "")
        assert "cookie" not in headers
        status, lines, body = server.answer(path, etag)
        server.asked.append((path, status))
        writer.write(f"HTTP/1.1 {status} x\r\n{lines}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode())
        writer.write(body)
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    listener = await asyncio.start_server(handle, HOST, 0)
    server.port = int(listener.sockets[0].getsockname()[1])
    async with listener:
        yield server
