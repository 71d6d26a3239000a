"""Checks of every request before any other code reads it: the host that it names, its path and its query.

Middleware of `server.app`. Bodies are read through `request_body`, forms through `server.console.posted_form`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.web.errors import MisdirectedRequest
from server.web.request_number import begin_request
from server.web.site_origin import SiteOrigin, parse_host
from sync.errors import BadRequest, KunnafoniError

OPERATOR_PATHS = ("/healthz", "/readyz", "/metrics")  # front servers ask these by number, or by no name at all

HandleError = Callable[[Request, Exception], Awaitable[Response]]


class RequestCheckMiddleware:
    """ASGI middleware; answers a refused request through `handle_error`."""

    def __init__(self, app: ASGIApp, site_origin: SiteOrigin, handle_error: HandleError) -> None:
        self._app = app
        self._site_origin = site_origin
        self._handle_error = handle_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begin_request()
        error = find_request_error(scope, self._site_origin) if scope["type"] == "http" else None
        if error is None:
            await self._app(scope, receive, send)
            return
        response = await self._handle_error(Request(scope), error)
        await response(scope, receive, send)


def find_request_error(scope: Scope, site_origin: SiteOrigin) -> KunnafoniError | None:
    """The reason to refuse a request by its host, path or query; None without one."""
    return _find_host_error(scope, site_origin) or _find_text_error(scope)


def _find_host_error(scope: Scope, site_origin: SiteOrigin) -> KunnafoniError | None:
    values = [value for name, value in scope["headers"] if name == b"host"]
    is_operator = scope["path"] in OPERATOR_PATHS
    if not values and is_operator and scope.get("http_version") == "1.0":
        return None
    host = parse_host(values[0].decode("latin-1")) if len(values) == 1 else None
    if host is None:
        return BadRequest("host-malformed", "Cette demande ne dit pas bien à quel site elle va.")
    if is_operator or site_origin.is_own(host):
        return None
    return MisdirectedRequest(
        "host-foreign",
        "Ce serveur ne connaît pas le nom par lequel on l’appelle.",
        "À la personne qui tient le serveur : ce nom va dans KUNNAFONI_URL ou KUNNAFONI_HOSTS.",
    )


def _find_text_error(scope: Scope) -> KunnafoniError | None:
    """No path and no query has a NUL, which stores and file systems end a text at; no client sends one by mistake."""
    if "\0" in scope["path"] or b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
        return BadRequest("address-malformed", "Cette adresse ne peut pas être lue.")
    return None
