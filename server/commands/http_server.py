"""The HTTP server of `serve`: uvicorn, which ends with the background jobs instead of outliving them."""

from __future__ import annotations

import socket

import uvicorn

from sync.errors import Unavailable


class HttpServer(uvicorn.Server):
    """Stops when the application's lifespan ends by itself; uvicorn would go on serving without background jobs."""

    @property
    def has_lost_jobs(self) -> bool:
        return bool(getattr(self.lifespan, "error_occurred", False))

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self.has_lost_jobs


async def serve_until_stopped(config: uvicorn.Config, listener: socket.socket) -> None:
    """Serve until a signal stops it. Raises Unavailable when the background jobs ended: the service is restarted."""
    server = HttpServer(config)
    await server.serve(sockets=[listener])
    if server.has_lost_jobs:
        raise Unavailable(
            "jobs-ended",
            "Le travail de fond s’est arrêté, donc le serveur aussi.",
            "Lancez-le de nouveau ; son journal dit pourquoi.",
        )
