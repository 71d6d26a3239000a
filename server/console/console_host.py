"""Separation of origins: a console with an address of its own answers there only, and readers' pages do not.

Used by `server.app`.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from server.console.context import CONSOLE_PATH
from server.web.request_checks import OPERATOR_PATHS
from server.web.site_origin import Origin, parse_host

SHARED_PATHS = ("/media/", "/app/icon")  # files that the console's own pages load


class ConsoleOriginMiddleware:
    """ASGI middleware. `console`: the console's origin; None when it shares the readers'."""

    def __init__(self, app: ASGIApp, console: Origin | None) -> None:
        self._app = app
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._console:
            path = scope["path"]
            is_console_path = path == CONSOLE_PATH or path.startswith(CONSOLE_PATH + "/")
            host = parse_host(Headers(scope=scope).get("host", ""))
            is_console_host = host is not None and self._console.is_at(host)
            if is_console_host and path == "/":
                await RedirectResponse(f"{CONSOLE_PATH}/", 307)(scope, receive, send)
                return
            if is_console_path != is_console_host and not path.startswith((*SHARED_PATHS, *OPERATOR_PATHS)):
                await PlainTextResponse("404\n", 404)(scope, receive, send)
                return
        await self._app(scope, receive, send)
