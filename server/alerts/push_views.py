"""The addresses of push: the key to subscribe with, subscriptions, the test, the count of what was shown. No cookie, no address kept."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.push.delivery import Fate
from server.push.subscriptions import BODY_LIMIT, read_subscription
from server.services import Services
from sync.errors import BadRequest, Gone, Unavailable

NEVER_KEPT = {"cache-control": "no-store"}


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


async def key(request: Request) -> Response:
    """The VAPID public key."""
    vapid = services(request).alerts.vapid
    if vapid is None:
        raise Unavailable("push-not-here", "Ce serveur n’envoie pas de message.", "Réessayez plus tard.")
    return JSONResponse({"key": vapid.public}, headers=NEVER_KEPT)


async def subscribe(request: Request) -> Response:
    """Keep a subscription, or the choices of one that is known; DELETE ends it."""
    office = services(request).alerts
    value = await _value(request)
    if request.method == "DELETE":
        await office.subscriptions.end(_endpoint(value))
    else:
        await office.subscriptions.keep(read_subscription(value, office.guard, office.clock().date().isoformat()))
    return Response(status_code=204, headers=NEVER_KEPT)


async def test(request: Request) -> Response:
    """Send a test to the phone that asks; only it knows its endpoint."""
    found = services(request)
    value = await _value(request)
    language = found.translator.to(str(value.get("lang", ""))[:3])
    delivery = await found.alerts.test(_endpoint(value), language)
    if delivery.fate is Fate.GONE:
        await found.alerts.subscriptions.end(_endpoint(value))
        raise Gone(
            "subscription-dead", "Le service de messages ne connaît plus ce téléphone.", "Abonnez-le de nouveau."
        )
    return JSONResponse({"fate": delivery.fate, "reason": delivery.reason}, headers=NEVER_KEPT)


async def shown(request: Request) -> Response:
    services(request).alerts.shown.count(await _value(request))
    return Response(status_code=204, headers=NEVER_KEPT)


async def _value(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise _malformed()
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(value, dict):
        raise _malformed()
    return value


def _endpoint(value: dict[str, Any]) -> str:
    endpoint = value.get("endpoint")
    if not isinstance(endpoint, str):
        raise _malformed()
    return endpoint


def _malformed() -> BadRequest:
    return BadRequest("push-malformed", "Cette demande ne peut pas être lue.")
