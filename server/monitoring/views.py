"""`/metrics`: figures for Prometheus, for whoever brings the token of the settings. Without one there is no page."""

from __future__ import annotations

import hmac

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from server.monitoring.exposition import write_exposition
from server.monitoring.observation import Observer
from server.web.app_state import HasApp, settings_of
from sync.errors import NotFound

NO_STORE = {"cache-control": "no-store"}


def observer_of(request: HasApp) -> Observer:
    observer: Observer = request.app.state.observer
    return observer


async def metrics(request: Request) -> Response:
    """Raises NotFound where no token is set, Unavailable if the store does not respond."""
    token = settings_of(request).metrics_token
    if not token:
        raise NotFound("address-unknown", "Cette adresse n’existe pas.", "Revenez à l’accueil.")
    sent = request.headers.get("authorization", "")
    if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        return Response(status_code=401, headers=NO_STORE | {"www-authenticate": "Bearer"})
    exposition = write_exposition(await observer_of(request).observe())
    return Response(exposition, headers=NO_STORE, media_type=CONTENT_TYPE_LATEST)
