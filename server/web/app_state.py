"""Typed accessors to `app.state` for settings, store, archive, clock, translator and page assets.

The composition root stores each service under its own entry; the accessor of a service is defined beside its class.
This module has the accessors of classes that are independent of HTTP.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, Protocol

from server.settings import Settings
from sync.editions.archive import Archive
from sync.locale import Translator
from sync.rendering.render import Assets
from sync.store.contract import Store

Clock = Callable[[], datetime.datetime]


class HasApp(Protocol):
    """A request, or an object that carries its application, such as a ConsoleContext."""

    @property
    def app(self) -> Any: ...


def settings_of(request: HasApp) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def store_of(request: HasApp) -> Store:
    store: Store = request.app.state.store
    return store


def archive_of(request: HasApp) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


def clock_of(request: HasApp) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


def translator_of(request: HasApp) -> Translator:
    translator: Translator = request.app.state.translator
    return translator


def assets_of(request: HasApp) -> Assets:
    assets: Assets = request.app.state.assets
    return assets
