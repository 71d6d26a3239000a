"""From an error to an answer, in one place: the status by the error's class, the sentence in the reader's language, the log by class."""

from __future__ import annotations

import html
import json
import logging

from starlette.requests import Request
from starlette.responses import Response

from server.web.cors import OPEN
from sync.editions.page import MISSING, compose
from sync.errors import BadRequest, Conflict, Gone, KunnafoniError, NotFound, Refused, TooLarge, Unavailable

log = logging.getLogger("kunnafoni")

STATUS: dict[type[KunnafoniError], int] = {
    TooLarge: 413,
    BadRequest: 400,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    Refused: 422,
    Unavailable: 503,
}
RETRY_AFTER = {503: "5"}


def status_of(error: KunnafoniError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


async def answer_error(request: Request, error: Exception) -> Response:
    """JSON for programs, a page for people."""
    if not isinstance(error, KunnafoniError):
        log.exception("unexpected error", exc_info=error)
        error = Unavailable("unexpected", "Quelque chose n’a pas marché ici.", "Réessayez dans un moment.")
    status = status_of(error)
    if status >= 500:
        log.error("%s", error.code)
    headers = {"cache-control": "no-store"} | ({"retry-after": RETRY_AFTER[status]} if status in RETRY_AFTER else {})
    services = request.app.state.services
    channel = request.path_params.get("channel", "")
    language = services.translator.to(channel.partition("-")[0] or services.settings.lang)
    if "text/html" in request.headers.get("accept", ""):
        return _page(request, status, error.text(language), headers, language("Cette page ne peut pas être montrée"))
    hint = language(error.hint, **error.values) if error.hint else ""
    value = {"code": error.code, "sentence": language(error.sentence, **error.values), "hint": hint}
    return Response(json.dumps(value, ensure_ascii=False), status, headers | OPEN, "application/json")


def _page(request: Request, status: int, sentence: str, headers: dict[str, str], title: str) -> Response:
    """The sentence in the site's frame; before anything is published, a bare page."""
    services = request.app.state.services
    body = f"{html.escape(title)}\n<h1>{html.escape(title)}</h1><p>{html.escape(sentence)}"
    try:
        channel = request.path_params.get("channel", "")
        held = services.shelf.held(channel if channel in services.shelf.channels else services.default_channel)
    except KunnafoniError:
        document = (
            f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{body}'
        )
        document = document.replace("\n", "</title>", 1)
        return Response(document, status, headers | {"content-security-policy": "default-src 'none'"}, "text/html")
    if status == 404 and held.body(MISSING):
        body = held.body(MISSING)
    return Response(
        compose(held.shell, body),
        status,
        headers | {"content-security-policy": services.policy(held.shell)},
        "text/html",
    )
