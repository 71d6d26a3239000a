"""Ports of this machine: one that nobody holds, and waiting until somebody answers on it."""

from __future__ import annotations

import asyncio
import socket


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def answers(port: int, seconds: float = 60) -> None:
    """Returns when 127.0.0.1:`port` takes connections. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return
