"""Bodies of requests, read within a limit on bytes, and JSON from them. Used by every view that reads a body.

Forms of the console are read by `server.console.posted_form`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.types import Receive

from sync.errors import BadRequest
from sync.json_text import parse_storable_json

Refusal = Callable[[], BadRequest]


async def read_body(receive: Receive, limit: int, too_large: Refusal) -> bytes:
    """The whole body. Raises `too_large()` beyond `limit` bytes, BadRequest if the client leaves before the end."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise body_cut()
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large()
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


async def read_json(receive: Receive, limit: int, malformed: Refusal, too_large: Refusal | None = None) -> Any:
    """The body's JSON value. Raises `malformed()` for anything else, and beyond `limit` bytes without `too_large`."""
    body = await read_body(receive, limit, too_large or malformed)
    try:
        return parse_storable_json(body)
    except ValueError:
        raise malformed() from None


def body_cut() -> BadRequest:
    return BadRequest("inbox-cut", "Cet envoi n’est pas entier.", "Envoyez-le de nouveau.")
