"""Request bodies about push: JSON objects, read up to a size limit before they are parsed. Used by the views."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from server.push.subscriptions import MAX_BODY_BYTES
from server.web import request_body
from sync.errors import BadRequest


async def read_json(request: Request) -> dict[str, Any]:
    """Raises BadRequest for a body that is too long or not a JSON object."""
    value = await request_body.read_json(request.receive, MAX_BODY_BYTES, _malformed)
    if not isinstance(value, dict):
        raise _malformed()
    return value


def endpoint_from(value: dict[str, Any]) -> str:
    """The endpoint in a request body. Raises BadRequest if it is missing."""
    endpoint = value.get("endpoint")
    if not isinstance(endpoint, str):
        raise _malformed()
    return endpoint


def _malformed() -> BadRequest:
    return BadRequest("push-malformed", "Cette demande ne peut pas être lue.")
