"""What an app that came from another address may ask here: phones that follow headquarters ask a hub by its own name, and the reverse.

No cookie is read by what is open to them, so that nothing is given to another site that it could not have had by itself.
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
    """The question that browsers put before a request with a body."""
    return Response(status_code=204, headers=PREFLIGHT_HEADERS)
