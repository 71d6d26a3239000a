"""A site with the documents that alerts need, and nothing published: for drafts, messages, and what is sent later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.app import create_services
from server.services import Services
from sync.alerts.library_with_alerts import Library
from sync.content.schemas import to_fields
from sync.store.contract import Collection, Write
from tests.support.content_folder import write
from tests.support.sample_alerts import LIBRARY
from tests.support.small_site import APP, Clock, settings_for


@dataclass
class UnpublishedSite:
    services: Services
    clock: Clock


@asynccontextmanager
async def unpublished_site(folder: Path, library: Library = LIBRARY) -> AsyncIterator[UnpublishedSite]:
    """No keys: what is sent is stored, and waits for the machine that publishes."""
    write(folder / "app", APP)
    clock = Clock()
    services = create_services(settings_for(folder), clock=clock)
    await services.store.prepare()
    documents: list[tuple[str, str, Any]] = [("site", "site", library.site)]
    documents += [(f"places:{country}", "places", places) for country, places in library.places.items()]
    await services.store.write(
        Collection.CONTENT,
        [Write(id, {"kind": kind, "fields": to_fields(kind, value)}) for id, kind, value in documents],
    )
    yield UnpublishedSite(services, clock)
    await services.store.close()
