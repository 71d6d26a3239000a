"""Separation of origins: a console with an address of its own answers there only, and readers' pages do not.

Used by `server.app`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from server.console.context import CONSOLE_PATH

SHARED_PATHS = ("/media/", "/app/icon")  # files that the console's own pages load
OPERATOR_PATHS = ("/healthz", "/readyz", "/metrics")


class ConsoleOriginMiddleware:
    """ASGI middleware. `url`: the console's address; "" when it shares the readers' origin."""

    def __init__(self, app: ASGIApp, url: str) -> None:
        self._app = app
        self._host = urlsplit(url).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._host:
            path = scope["path"]
            is_console_path = path == CONSOLE_PATH or path.startswith(CONSOLE_PATH + "/")
            is_console_host = Headers(scope=scope).get("host", "").lower() == self._host
            if is_console_host and path == "/":
                await RedirectResponse(f"{CONSOLE_PATH}/", 307)(scope, receive, send)
                return
            if is_console_path != is_console_host and not path.startswith((*SHARED_PATHS, *OPERATOR_PATHS)):
                await PlainTextResponse("404\n", 404)(scope, receive, send)
                return
        await self._app(scope, receive, send)
