"""CORS: an app installed from headquarters may call a hub by the hub's own name, and the reverse.

The routes that allow any origin read no cookie, so another site gains nothing that it could not request by itself.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

ALLOW_ANY_ORIGIN = {"access-control-allow-origin": "*"}
PREFLIGHT_HEADERS = ALLOW_ANY_ORIGIN | {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type, content-encoding",
    "access-control-max-age": "86400",
    "cache-control": "no-store",
}


async def preflight(request: Request) -> Response:
    """Answer the CORS preflight request of a browser."""
    return Response(status_code=204, headers=PREFLIGHT_HEADERS)
