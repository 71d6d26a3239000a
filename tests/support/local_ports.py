"""Ports of this machine: find a free one, wait until one takes connections. Used by the tests and the bench."""

from __future__ import annotations

import asyncio
import socket


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def wait_for_port(port: int, seconds: float = 60) -> None:
    """Return once 127.0.0.1:`port` takes connections. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return
