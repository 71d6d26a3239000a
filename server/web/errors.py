"""Error responses: the status by the error's class, the sentence in the reader's language, the log by class.

Used by the application as the handler of all errors.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.web.app_state import settings_of, translator_of
from server.web.cors import ALLOW_ANY_ORIGIN
from sync.errors import BadRequest, Conflict, Gone, KunnafoniError, NotFound, Refused, TooLarge, Unavailable

log = logging.getLogger("kunnafoni")


class MisdirectedRequest(BadRequest):
    """A request for a host that is not this site's."""


class MethodNotAllowed(BadRequest):
    """A method that the address does not take."""


STATUS_CODES: dict[type[KunnafoniError], int] = {
    TooLarge: 413,
    MisdirectedRequest: 421,
    MethodNotAllowed: 405,
    BadRequest: 400,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    Refused: 422,
    Unavailable: 503,
}
RETRY_AFTER = {503: "5"}


def status_of(error: KunnafoniError) -> int:
    return next((status for error_class, status in STATUS_CODES.items() if isinstance(error, error_class)), 500)


class ErrorPage(Protocol):
    """Renders an error page for people, with the sentence and its title, in the site's layout."""

    def __call__(
        self, request: Request, status: int, sentence: str, title: str, headers: dict[str, str]
    ) -> Response: ...


class ErrorHandler:
    """Answers every error: JSON for programs, `page` for people."""

    def __init__(self, page: ErrorPage, counts: Counter[str]) -> None:
        """`counts`: by code, raised with each answer."""
        self._error_page = page
        self._counts = counts

    async def __call__(self, request: Request, error: Exception) -> Response:
        headers = {"cache-control": "no-store"}
        if isinstance(error, HTTPException):  # 405 alone is handled: see create_app
            headers |= error.headers or {}
            sentence = "Cette adresse ne prend pas cette sorte de demande."
            error = MethodNotAllowed("method-not-allowed", sentence, "Revenez à l’accueil.")
        if not isinstance(error, KunnafoniError):
            log.exception("unexpected error", exc_info=error)
            error = Unavailable("unexpected", "Quelque chose n’a pas marché ici.", "Réessayez dans un moment.")
        status = status_of(error)
        self._counts[error.code] += 1
        if status >= 500:
            log.error("%s", error.code)
        headers |= {"retry-after": RETRY_AFTER[status]} if status in RETRY_AFTER else {}
        channel = request.path_params.get("channel", "")
        language = translator_of(request).language_of(channel.partition("-")[0] or settings_of(request).lang)
        if "text/html" in request.headers.get("accept", ""):
            title = language("Cette page ne peut pas être montrée")
            return self._error_page(request, status, error.text(language), title, headers)
        sentence, hint = error.translate(language)
        body = {"code": error.code, "sentence": sentence, "hint": hint}
        return Response(json.dumps(body, ensure_ascii=False), status, headers | ALLOW_ANY_ORIGIN, "application/json")
