"""Views for phones: subscriptions, a test alert, display counts. No cookies; client addresses are not stored."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.alerts.service import alerts_of
from server.push.delivery import DeliveryStatus
from server.push.posted_json import endpoint_from, read_json
from server.push.push_transport import push_of
from server.push.subscriptions import parse_subscription
from server.push.views import NO_STORE
from server.web.app_state import translator_of
from server.web.sender_network import sender_network
from sync.errors import Gone


async def subscriptions(request: Request) -> Response:
    """Save a subscription with its choices, and tell it of the alerts in force; DELETE removes it."""
    push = push_of(request)
    value = await read_json(request)
    if request.method == "DELETE":
        await push.subscriptions.delete(endpoint_from(value))
        return Response(status_code=204, headers=NO_STORE)
    subscription = parse_subscription(value, push.policy, push.clock().date().isoformat())
    sender = sender_network(request.scope)
    before = await push.subscriptions.save(subscription, lambda: push.quota.take_save(sender))
    task = BackgroundTask(alerts_of(request).send_in_force, subscription, before)
    return Response(status_code=204, headers=NO_STORE, background=task)


async def test(request: Request) -> Response:
    """Send a test alert to the requesting phone, which proves itself by its endpoint."""
    value = await read_json(request)
    endpoint, push = endpoint_from(value), push_of(request)
    subscription = await push.subscriptions.get(endpoint)
    push.quota.take_test(subscription.id, sender_network(request.scope))
    language = translator_of(request).language_of(str(value.get("lang", ""))[:3])
    delivery = await alerts_of(request).send_test(endpoint, language)
    if delivery.status is DeliveryStatus.GONE:
        await push.subscriptions.delete(endpoint)
        raise Gone(
            "subscription-dead", "Le service de messages ne connaît plus ce téléphone.", "Abonnez-le de nouveau."
        )
    return JSONResponse({"fate": delivery.status, "reason": delivery.reason}, headers=NO_STORE)


async def count_display(request: Request) -> Response:
    alerts_of(request).display_counts.add(await read_json(request))
    return Response(status_code=204, headers=NO_STORE)
