"""Views of alerts in CAP 1.2 for other alerting systems: `/cap/alerts.atom` and `/cap/{slug}.xml`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server.alerts.service import alerts_of
from server.web.app_state import clock_of, settings_of
from sync.alerts.cap import ATOM_TYPE, CAP_TYPE, write_atom, write_cap
from sync.alerts.timestamps import format_timestamp
from sync.errors import NotFound

MAX_FEED_ALERTS = 50  # alerts in the feed, newest first
CAP_HEADERS = {"cache-control": "public, max-age=15", "access-control-allow-origin": "*"}


async def feed(request: Request) -> Response:
    library = await alerts_of(request).load_library()
    newest = sorted(library.alerts.values(), key=lambda alert: (alert.sent, alert.slug), reverse=True)[:MAX_FEED_ALERTS]
    body = write_atom(newest, library, _base_url(request), format_timestamp(clock_of(request)()))
    return Response(body, headers=CAP_HEADERS, media_type=ATOM_TYPE)


async def alert(request: Request) -> Response:
    library = await alerts_of(request).load_library()
    alert = library.alerts.get(request.path_params["slug"])
    if alert is None:
        raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.")
    return Response(write_cap(alert, library, _base_url(request)), headers=CAP_HEADERS, media_type=CAP_TYPE)


def _base_url(request: Request) -> str:
    return settings_of(request).url.rstrip("/") or str(request.base_url).rstrip("/")
