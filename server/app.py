"""The composition root: builds the services from settings, and the ASGI application from the services.

Used by `commands.serve`; the other commands build the services without the application.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware

from server import jobs
from server.console.console_host import ConsoleOriginMiddleware
from server.reader.error_page import error_page
from server.routes import ROUTES
from server.services import Services, utc_now
from server.settings import Settings
from server.web.app_build import AppBuild
from server.web.app_state import Clock
from server.web.assets import AppFiles
from server.web.errors import ErrorHandler
from server.web.request_checks import RequestCheckMiddleware
from server.web.security import SecurityHeadersMiddleware
from server.web.site_origin import SiteOrigin
from sync.editions.publishing import SigningKeys
from sync.errors import KunnafoniError
from sync.locale import Translator
from sync.store.contract import Store
from sync.store.open_store import is_couch, open_couch_admin, open_store


def create_services(settings: Settings, store: Store | None = None, clock: Clock = utc_now) -> Services:
    address = settings.store_address
    build = AppBuild.read(settings.app)
    return Services(
        settings,
        store or open_store(address),
        Translator.load(settings.content / "locale", build.catalogs),
        AppFiles(build),
        clock,
        open_couch=partial(open_couch_admin, address) if is_couch(address) else None,
        open_couch_at=open_couch_admin,
    )


def create_app(services: Services, keys: SigningKeys | None = None) -> Starlette:
    """The application; its lifespan runs the background jobs. `keys` is None where this process does not sign."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with jobs.run_jobs(services, keys):
            yield

    handle_error = ErrorHandler(error_page, services.error_counts)
    site_origin = SiteOrigin.from_settings(services.settings)
    app = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(SecurityHeadersMiddleware),
            Middleware(RequestCheckMiddleware, site_origin, handle_error),
            *([Middleware(ConsoleOriginMiddleware, site_origin.console)] if site_origin.console else []),
        ],
        exception_handlers={KunnafoniError: handle_error, Exception: handle_error, 405: handle_error},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # Starlette would make the address from the Host header
    services.install(app.state)
    if keys:
        services.sign_with(keys)
    return app
