"""Answers that a connection gives by itself, before any view: in the error form of sync/PROTOCOL.md, section 7."""

from __future__ import annotations

import http
import json
from collections.abc import Iterable, Mapping

from sync.errors import BadRequest, KunnafoniError, TooLarge, Unavailable
from sync.locale import Language

REFUSALS: Mapping[int, KunnafoniError] = {
    400: BadRequest("request-unreadable", "Cette demande ne peut pas être lue."),
    408: BadRequest("request-slow", "La demande n’est pas arrivée à temps.", "Envoyez-la de nouveau."),
    431: TooLarge(
        "headers-too-large", "L’en-tête de la demande est trop long.", "Effacez les cookies de ce site, puis réessayez."
    ),
    503: Unavailable("busy", "Trop de personnes demandent en même temps.", "Réessayez dans un moment."),
}
HEADERS = (
    b"content-type: application/json\r\ncache-control: no-store\r\naccess-control-allow-origin: *\r\n"
    b"x-content-type-options: nosniff\r\nconnection: close\r\n"
)
RETRY_AFTER = b"retry-after: 5\r\n"


class RefusalAnswers:
    """Whole answers by status, their sentences in one language: a refused request names none that can be trusted."""

    def __init__(self, language: Language) -> None:
        self._bodies = {status: _body(error, language) for status, error in REFUSALS.items()}

    def write(self, status: int, default_headers: Iterable[tuple[bytes, bytes]] = ()) -> bytes:
        """Status line, headers and body; `default_headers` are the server's own, such as the date."""
        body = self._bodies[status]
        line = f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\ncontent-length: {len(body)}\r\n".encode()
        headers = b"".join(b"%b: %b\r\n" % header for header in default_headers)
        retry = RETRY_AFTER if status == http.HTTPStatus.SERVICE_UNAVAILABLE else b""
        return line + headers + HEADERS + retry + b"\r\n" + body


def _body(error: KunnafoniError, language: Language) -> bytes:
    hint = language(error.hint) if error.hint else ""
    value = {"code": error.code, "sentence": language(error.sentence), "hint": hint}
    return json.dumps(value, ensure_ascii=False).encode()
