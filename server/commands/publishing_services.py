"""The services that publishing needs, without those of serving: a command that publishes starts in little time."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from server.publishing.publisher import Publisher
from server.publishing.remote_publish_requests import PublishRequests
from server.settings import Settings
from server.web.app_build import AppBuild
from server.web.app_state import Clock
from sync.editions.archive import Archive
from sync.locale import Translator
from sync.rendering.render import Assets
from sync.store.contract import Store
from sync.store.open_store import open_store


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class PublishingServices:
    store: Store
    archive: Archive
    publisher: Publisher
    publish_requests: PublishRequests

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock = utc_now) -> PublishingServices:
        """Services over the settings' store, which the caller opens and closes. Raises Unavailable without a build."""
        build = AppBuild.read(settings.app)
        translator = Translator.load(settings.content / "locale", build.catalogs)
        store = open_store(settings.store_address)
        archive = Archive(store)
        publisher = Publisher(store, archive, Assets(build.css, build.scripts, translator), settings.keys, clock)
        return cls(store, archive, publisher, PublishRequests(store, publisher, clock))
