"""Two origins kept apart: where the console has an address of its own, it answers there alone, and readers' pages do not."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from server.console.context import CONSOLE_PATH

SHARED_PATHS = ("/media/", "/app/icon")  # what the console's own pages show
OPERATOR_PATHS = ("/healthz", "/readyz", "/metrics")


class ConsoleOriginMiddleware:
    """`url`: the console's address; "" when it shares the readers'."""

    def __init__(self, app: ASGIApp, url: str) -> None:
        self._app = app
        self._host = urlsplit(url).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._host:
            path = scope["path"]
            of_console = path == CONSOLE_PATH or path.startswith(CONSOLE_PATH + "/")
            at_console = Headers(scope=scope).get("host", "").lower() == self._host
            if at_console and path == "/":
                await RedirectResponse(f"{CONSOLE_PATH}/", 307)(scope, receive, send)
                return
            if of_console != at_console and not path.startswith((*SHARED_PATHS, *OPERATOR_PATHS)):
                await PlainTextResponse("404\n", 404)(scope, receive, send)
                return
        await self._app(scope, receive, send)
