"""For operators' tools: is the process up, can it serve, what does it count. No reader is in it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sync.errors import KunnafoniError
from sync.store.contract import Room

NO_STORE = {"cache-control": "no-store"}


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers=NO_STORE)


async def readyz(request: Request) -> Response:
    """200 when something is published and the store answers."""
    services = request.app.state.services
    try:
        await services.store.get(Room.EDITIONS, "head:none")
    except KunnafoniError as error:
        return JSONResponse({"ready": False, "code": error.code}, 503, NO_STORE)
    ready = bool(services.shelf.channels)
    return JSONResponse({"ready": ready, "channels": services.shelf.channels}, 200 if ready else 503, NO_STORE)
