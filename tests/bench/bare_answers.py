"""A server of bare Starlette responses: the yardstick of `answers`, which starts it.

python -m tests.bench.bare_answers FILE PORT        FILE: status, headers and body by path
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def view(answer: dict[str, Any]) -> Callable[[Request], Awaitable[Response]]:
    body, status, headers = base64.b64decode(answer["body"]), answer["status"], dict(answer["headers"])

    async def respond(request: Request) -> Response:
        return Response(body, status, headers)

    return respond


def main(file: str, port: str) -> None:
    answers = json.loads(Path(file).read_text("utf-8"))
    routes = [Route(path, view(answer)) for path, answer in answers.items()]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(port), log_config=None, access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
