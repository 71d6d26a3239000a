"""All areas of the console, in the order of the navigation, and the Starlette routes made from them.

Used by `server.app`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from server.console.access import PUBLIC, ConsoleRoute, NavigationEntry
from server.console.accounts import routes as accounts
from server.console.alerts import routes as alerts
from server.console.briefs import routes as briefs
from server.console.calendar import routes as calendar
from server.console.context import CONSOLE_PATH, ConsoleContext
from server.console.dashboard import routes as dashboard
from server.console.devices import routes as devices
from server.console.feedback import routes as feedback
from server.console.home import routes as home
from server.console.hubs import routes as hubs
from server.console.journal import routes as journal
from server.console.media import routes as media
from server.console.numbers import routes as numbers
from server.console.presence import routes as presence
from server.console.profile import routes as profile
from server.console.publishing import routes as publishing
from server.console.recommendations import routes as recommendations
from server.console.rumours import routes as rumours
from server.console.sign_in import routes as sign_in
from server.console.translations import routes as translations
from server.console.writing import routes as writing
from sync.errors import NotFound

AREAS = (
    home,
    calendar,
    dashboard,
    briefs,
    recommendations,
    sign_in,
    writing,
    translations,
    presence,
    media,
    numbers,
    publishing,
    alerts,
    rumours,
    feedback,
    devices,
    hubs,
    accounts,
    journal,
    profile,
)


async def page_not_found(context: ConsoleContext) -> Response:
    raise NotFound("address-unknown", "Cette page n’existe pas.", "Revenez à l’accueil.")


ROUTES: tuple[ConsoleRoute, ...] = tuple(route for area in AREAS for route in area.ROUTES)
ENTRIES: tuple[NavigationEntry, ...] = tuple(entry for area in AREAS for entry in area.ENTRIES)
FALLBACK = ConsoleRoute("/{path:path}", page_not_found, PUBLIC, ("GET", "POST"))


async def redirect_home(request: Request) -> Response:
    return RedirectResponse(f"{CONSOLE_PATH}/", 308)


CONSOLE_ROUTES: list[BaseRoute] = [
    Route(CONSOLE_PATH, redirect_home),
    Mount(CONSOLE_PATH, routes=[route.to_route(ENTRIES) for route in (*ROUTES, FALLBACK)]),
]
