"""`POST /inbox` as a bare ASGI endpoint: request and response objects would cost a tenth of the time of a submission.

Thousands of submissions may arrive at once after a radio programme.
"""

from __future__ import annotations

import json

from starlette.requests import HTTPConnection, Request
from starlette.types import Receive, Scope, Send

from server.inbox.service import inbox_of
from server.inbox.views import HEADERS, NDJSON, language_of
from server.web.request_body import read_body
from server.web.sender_network import sender_network
from sync.submissions.body_lines import MAX_SENT_BYTES, read_lines, request_too_large, unpack

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_RAW_HEADERS = [(name.encode(), value.encode()) for name, value in (HEADERS | {"content-type": NDJSON}).items()]


class InboxEndpoint:
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond with one verdict for each line. Raises KunnafoniError, which the app's error handler renders."""
        lines = read_lines(unpack(await read_body(receive, MAX_SENT_BYTES, request_too_large)))
        verdicts = await inbox_of(HTTPConnection(scope)).receive(lines, sender=sender_network(scope))
        language = language_of(Request(scope)) if any(verdict.error for verdict in verdicts) else None
        body = "".join([_ENCODE(verdict.as_json(language)) + "\n" for verdict in verdicts]).encode()
        headers = [*_RAW_HEADERS, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
