"""The composition root of the server: settings and services in, an ASGI application out. The only place that opens a store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware

from server import jobs
from server.console.origin import ConsoleOrigin
from server.routes import ROUTES
from server.services import Clock, Services, utc_now
from server.settings import Settings
from server.web.assets import AppFiles
from server.web.errors import answer_error
from server.web.security import SecurityHeaders
from sync.editions.publishing import Keys
from sync.errors import KunnafoniError
from sync.locale import Translator
from sync.store.address import open_store
from sync.store.contract import Store


def create_services(settings: Settings, store: Store | None = None, clock: Clock = utc_now) -> Services:
    return Services(
        settings,
        store or open_store(settings.store_address),
        Translator.load(settings.content / "locale"),
        AppFiles(settings.app),
        clock,
    )


def create_app(services: Services, keys: Keys | None = None) -> Starlette:
    """The application; its lifespan loads the shelf and runs the jobs. `keys` None: this process does not sign."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with jobs.running(services, keys):
            yield

    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(SecurityHeaders), Middleware(ConsoleOrigin, services.settings.console_url)],
        exception_handlers={KunnafoniError: answer_error, Exception: answer_error},
        lifespan=lifespan,
    )
    app.state.services = services
    if keys:
        services.sign_with(keys)
    return app
