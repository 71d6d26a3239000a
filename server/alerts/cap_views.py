"""Views of alerts in CAP 1.2 for other alerting systems: `/cap/alerts.atom` and `/cap/{slug}.xml`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from server.alerts.cap_intake import cap_intake_of
from server.alerts.cap_signer import cap_signer_of
from server.alerts.service import alerts_of
from server.web.app_state import clock_of, translator_of
from server.web.site_origin import site_origin_of
from sync.alerts.alert import Alert, Alerts, is_in_force, replaced_slugs
from sync.alerts.cap import ATOM_TYPE, CAP_TYPE, write_atom, write_cap
from sync.alerts.timestamps import format_timestamp
from sync.canonical import digest
from sync.errors import NotFound

ENDED_DAY = datetime.timedelta(days=1)  # an aggregator that polls once a day still learns that an alert is over
EMPTY_SINCE = "2026-01-01T00:00:00Z"
CAP_HEADERS = {"cache-control": "public, max-age=15", "access-control-allow-origin": "*"}


async def feed(request: Request) -> Response:
    """Alerts in force, and cancels and expired alerts of the last day, newest first."""
    library = await alerts_of(request).library_cache.get()
    now = clock_of(request)()
    listed = sorted(_listed(library.alerts, now), key=lambda alert: (alert.sent, alert.slug), reverse=True)
    language_of = translator_of(request).language_of
    # A feed without alerts carries no moment of its own, so that it stays the same bytes.
    body = write_atom(listed, library, site_origin_of(request).url, language_of, EMPTY_SINCE)
    headers = _headers(digest(body))
    if _is_held(request, headers):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=ATOM_TYPE)


async def alert(request: Request) -> Response:
    library = await alerts_of(request).library_cache.get()
    alert = library.alerts.get(request.path_params["slug"])
    if alert is None:
        raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.", "Revenez à la liste.")
    source = await cap_intake_of(request).received.find_message(alert.origin.message) if alert.origin else None
    message = write_cap(alert, library, site_origin_of(request).url, translator_of(request).language_of, source)
    signer = cap_signer_of(request)
    headers = _headers(signer.version(message))
    if _is_held(request, headers):
        return Response(status_code=304, headers=headers)
    return Response(await signer.sign(message), headers=headers, media_type=CAP_TYPE)


def _listed(alerts: Alerts, now: datetime.datetime) -> Iterator[Alert]:
    replaced = replaced_slugs(alerts)
    a_day_ago = format_timestamp(now - ENDED_DAY)
    for alert in alerts.values():
        if alert.slug in replaced:
            continue
        ended_at = alert.sent if alert.msgType == "Cancel" else alert.expires
        if is_in_force(alert, replaced) or ended_at >= a_day_ago:
            yield alert


def _headers(version: str) -> dict[str, str]:
    return CAP_HEADERS | {"etag": f'"{version}"'}


def _is_held(request: Request, headers: dict[str, str]) -> bool:
    """True for a poller that has this version."""
    return headers["etag"] in request.headers.get("if-none-match", "")
