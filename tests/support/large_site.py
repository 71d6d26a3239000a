"""A site of forty channels with three hundred pages each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from server.alerts.service import AlertService
from server.push.endpoint_policy import EndpointPolicy
from server.push.push_transport import PushTransport
from sync.alerts.library_with_alerts import Library
from sync.editions.page import Page
from sync.editions.publishing import plan_publication, publish
from sync.rendering.render import render
from tests.support.fake_push_service import HOST
from tests.support.small_site import Site, running_site

LANGS = ("fr", "bm", "ff", "ha", "ar", "wo", "mos", "dje")
COUNTRIES = ("ML", "BF", "NE", "TD", "SN")
CHANNELS = [f"{lang}-{country}" for lang in LANGS for country in COUNTRIES]


@asynccontextmanager
async def large_site(folder: Path) -> AsyncIterator[Site]:
    text = "Un texte que tout le monde peut lire. " * 20
    guides = [
        Page(f"guides/guide-{number}", f"Guide {number}\n<h1>Guide {number}</h1><p>{text}{number}")
        for number in range(300)
    ]
    async with running_site(folder, {"site.yaml": f"id: grand\nlang: fr\nchannels: [{', '.join(CHANNELS)}]\n"}) as site:
        services = site.services
        settings = replace(services.settings, push_contact="mailto:alertes@exemple.ml")
        services.push = PushTransport(settings, services.store, site.clock, EndpointPolicy((HOST,), allows_local=True))
        services.alerts = AlertService(services.push, services.store, services.archive, services.assets, site.clock)
        services.alerts.sign_with(site.keys)
        services.install(site.app.state)
        library = Library(site=(await services.alerts.load_library()).site)
        for channel in CHANNELS:
            frame = render(library, channel, services.assets)
            await publish(
                services.archive,
                await plan_publication(services.archive, channel, [*frame, *guides]),
                site.keys,
                "grand",
                site.clock(),
            )
        await services.current_editions.load()
        assert {len(services.current_editions.get(channel).edition.manifest.entries) > 300 for channel in CHANNELS} == {
            True
        }
        yield site
