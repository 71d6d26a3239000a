"""The first page: what each role finds where. It asks nothing of the store, so it opens at once."""
from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.visit import Visit


async def home(visit: Visit) -> Response:
    return page.show(visit, "home/home.html", visit.language("Bonjour, {name}", name=visit.who.display))
