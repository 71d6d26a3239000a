"""HTML page for an error, in the shell of the requested channel. Used by the app's error handler."""

from __future__ import annotations

import html

from starlette.requests import Request
from starlette.responses import Response

from server.reader.current_editions import current_editions_of
from server.web.app_state import settings_of
from server.web.security import shell_policy
from sync.editions.page import MISSING, compose
from sync.errors import KunnafoniError


def error_page(request: Request, status: int, sentence: str, title: str, headers: dict[str, str]) -> Response:
    """The sentence in the site's shell; a bare page before the first publication."""
    editions = current_editions_of(request)
    body = f"{html.escape(title)}\n<h1>{html.escape(title)}</h1><p>{html.escape(sentence)}"
    try:
        channel = request.path_params.get("channel", "")
        current = editions.get(
            channel if channel in editions.channels else editions.default_channel(settings_of(request).lang)
        )
    except KunnafoniError:
        document = (
            f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{body}'
        )
        document = document.replace("\n", "</title>", 1)
        return Response(document, status, headers | {"content-security-policy": "default-src 'none'"}, "text/html")
    body = (current.body(MISSING) if status == 404 else None) or body
    return Response(
        compose(current.shell, body),
        status,
        headers | {"content-security-policy": shell_policy(current.shell)},
        "text/html",
    )
