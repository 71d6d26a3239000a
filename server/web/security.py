"""Headers that guard: against guessed types on everything with a body, against framing and leaks on pages."""

from __future__ import annotations

import html
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Small on purpose: an answer that says "nothing new" costs a phone its headers, so each stands only where it does something.
BODY_HEADERS = ((b"x-content-type-options", b"nosniff"),)
PAGE_HEADERS = (
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"geolocation=(self), camera=(self), microphone=(self), payment=(), usb=()"),
)
HTTPS_HEADER = (b"strict-transport-security", b"max-age=31536000")


_POLICY = re.compile(r'<meta http-equiv="?Content-Security-Policy"? content="([^"]*)"')
FRAMES = ";frame-ancestors 'none'"  # a meta element cannot say it


def shell_policy(shell: str) -> str:
    """The shell's own content security policy, as a header."""
    found = _POLICY.search(shell)
    return (html.unescape(found[1]) if found else "default-src 'none'") + FRAMES


class SecurityHeadersMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"")
                if kind:
                    message["headers"] = [*message["headers"], *BODY_HEADERS]
                if kind.startswith(b"text/html"):
                    given = {name for name, _ in message["headers"]}
                    message["headers"] += [header for header in PAGE_HEADERS if header[0] not in given]
                    if scope["scheme"] == "https":
                        message["headers"].append(HTTPS_HEADER)
            await send(message)

        await self._app(scope, receive, with_headers)
