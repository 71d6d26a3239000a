"""View of Web Push: the VAPID public key. No cookies; client addresses are not stored."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.push.push_transport import push_of
from sync.errors import Unavailable

NO_STORE = {"cache-control": "no-store"}


async def public_key(request: Request) -> Response:
    """The VAPID public key."""
    vapid = push_of(request).vapid
    if vapid is None:
        raise Unavailable("push-not-here", "Ce serveur n’envoie pas de message.", "Réessayez plus tard.")
    return JSONResponse({"key": vapid.public_key}, headers=NO_STORE)
