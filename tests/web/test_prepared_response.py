"""A prepared response is, line by line, what Starlette would have written."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import Response

from server.web.prepared_response import PreparedResponse, encode_headers

pytestmark = pytest.mark.anyio

HEADERS = {"Cache-Control": "max-age=0", "etag": '"é"'}


async def messages(response: Response) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(dict(message, headers=sorted(message.get("headers", []))))

    await response({"type": "http", "method": "GET"}, receive, send)
    return sent


@pytest.mark.parametrize(
    ("status", "body", "media_type"),
    [
        (200, b"<p>", "text/html"),
        (200, b"{}\n", "application/x-ndjson"),
        (200, b"", "text/html"),
        (404, b"<p>", "text/html"),
        (204, b"", ""),
        (304, b"", ""),
    ],
)
async def test_it_says_what_a_response_says(status: int, body: bytes, media_type: str) -> None:
    prepared = PreparedResponse(status, encode_headers(HEADERS, media_type), body)
    assert await messages(prepared) == await messages(Response(body, status, HEADERS, media_type or None))


async def test_answers_of_one_preparation_share_no_list() -> None:
    lines = encode_headers(HEADERS)
    first, second = PreparedResponse(204, lines), PreparedResponse(204, lines)
    first.headers["x-of-one"] = "1"
    assert "x-of-one" not in second.headers
    assert lines == encode_headers(HEADERS)
