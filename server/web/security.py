"""Security headers: against MIME sniffing on every response with a body, against framing and leaks on pages."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Sequence
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header: TypeAlias = tuple[bytes, bytes]

# Few on purpose: headers are the whole cost of a 304 for a phone, so each is sent only where it has an effect.
BODY_HEADERS = ((b"x-content-type-options", b"nosniff"),)
PAGE_HEADERS = (
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"geolocation=(self), camera=(self), microphone=(self), payment=(), usb=()"),
)
HTTPS_HEADER = (b"strict-transport-security", b"max-age=31536000")

_POLICY = re.compile(r'<meta http-equiv="?Content-Security-Policy"? content="([^"]*)"')
FRAMES = ";frame-ancestors 'none'"  # not supported in a meta element


def shell_policy(shell: str) -> str:
    """The Content-Security-Policy header for a page shell, from its own meta element."""
    match = _POLICY.search(shell)
    return (html.unescape(match[1]) if match else "default-src 'none'") + FRAMES


class SecurityHeadersMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = add_security_headers(message["headers"], is_https=scope["scheme"] == "https")
            return send(message)

        await self._app(scope, receive, send_with_headers)


def add_security_headers(headers: Sequence[Header], *, is_https: bool) -> list[Header]:
    """The headers of an answer and those it lacks. The given ones are left as they are: answers may share them."""
    content_type = next((value for name, value in headers if name == b"content-type"), b"")
    if not content_type:
        return list(headers)
    added = [*headers, *BODY_HEADERS]
    if content_type.startswith(b"text/html"):
        present = {name for name, _ in headers}
        added += [header for header in PAGE_HEADERS if header[0] not in present]
        if is_https:
            added.append(HTTPS_HEADER)
    return added
