"""`POST /inbox` as a bare ASGI endpoint: request and response objects would cost a tenth of the time of a submission.

Thousands of submissions may arrive at once after a radio programme.
"""

from __future__ import annotations

import json

from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.types import Receive, Scope, Send

from server.inbox.service import inbox_of
from server.inbox.views import HEADERS, NDJSON, language_of
from server.web.request_body import read_body
from server.web.sender_network import sender_network
from sync.errors import TooLarge
from sync.submissions.body_lines import MAX_SENT_BYTES, read_lines, request_too_large, unpack

SMALL_BODY = 64 * 1024  # bytes, unpacked; reading them takes three milliseconds at most

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_RAW_HEADERS = [(name.encode(), value.encode()) for name, value in (HEADERS | {"content-type": NDJSON}).items()]


class InboxEndpoint:
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond with one verdict for each line. Raises KunnafoniError, which the app's error handler renders.

        A large request waits its turn and is read in a thread: four kilobytes can unpack to four megabytes of JSON.
        """
        body = await read_body(receive, MAX_SENT_BYTES, request_too_large)
        inbox, sender = inbox_of(HTTPConnection(scope)), sender_network(scope)
        if (unpacked := _unpack_small(body)) is not None:
            verdicts = await inbox.receive(read_lines(unpacked), sender=sender)
        else:
            async with inbox.large_requests.turn(sender):
                lines = await to_thread.run_sync(lambda: read_lines(unpack(body)))
                verdicts = await inbox.receive(lines, sender=sender)
        language = language_of(Request(scope)) if any(verdict.error for verdict in verdicts) else None
        body = "".join([_ENCODE(verdict.as_json(language)) + "\n" for verdict in verdicts]).encode()
        headers = [*_RAW_HEADERS, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _unpack_small(body: bytes) -> bytes | None:
    """The unpacked body; None if it is large. Raises BadRequest if it is damaged."""
    try:
        return unpack(body, SMALL_BODY)
    except TooLarge:
        return None
