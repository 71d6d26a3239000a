"""Health checks for operators' tools: liveness and readiness. They reveal nothing about readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from server.web.app_state import HasApp
from sync.errors import KunnafoniError
from sync.store.contract import Collection, Store

NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Readiness:
    """Input of `/readyz`; `channels` returns the channels that this process can serve now."""

    store: Store
    channels: Callable[[], list[str]]


def readiness_of(request: HasApp) -> Readiness:
    readiness: Readiness = request.app.state.readiness
    return readiness


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers=NO_STORE)


async def readyz(request: Request) -> Response:
    """200 if the store responds and at least one channel can be served, otherwise 503."""
    readiness = readiness_of(request)
    try:
        await readiness.store.get(Collection.EDITIONS, "head:none")
    except KunnafoniError as error:
        return JSONResponse({"ready": False, "code": error.code}, 503, NO_STORE)
    channels = readiness.channels()
    return JSONResponse({"ready": bool(channels), "channels": channels}, 200 if channels else 503, NO_STORE)
