"""Views of Web Push: the VAPID public key and subscriptions. No cookies; client addresses are not stored."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.push.posted_json import endpoint_from, read_json
from server.push.push_transport import push_of
from server.push.subscriptions import parse_subscription
from server.web.sender_network import sender_network
from sync.errors import Unavailable

NO_STORE = {"cache-control": "no-store"}


async def public_key(request: Request) -> Response:
    """The VAPID public key."""
    vapid = push_of(request).vapid
    if vapid is None:
        raise Unavailable("push-not-here", "Ce serveur n’envoie pas de message.", "Réessayez plus tard.")
    return JSONResponse({"key": vapid.public_key}, headers=NO_STORE)


async def subscriptions(request: Request) -> Response:
    """Save a subscription with its choices; DELETE removes it."""
    push = push_of(request)
    value = await read_json(request)
    if request.method == "DELETE":
        await push.subscriptions.delete(endpoint_from(value))
    else:
        subscription = parse_subscription(value, push.policy, push.clock().date().isoformat())
        sender = sender_network(request.scope)
        await push.subscriptions.save(subscription, lambda: push.quota.take_save(sender))
    return Response(status_code=204, headers=NO_STORE)
