"""The command `serve`: check the port and the store, fill a new one, print the site's address, run until stopped."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import anyio
import click
import uvicorn
from starlette.applications import Starlette

from server.app import create_app, create_services
from server.commands import store_session
from server.commands.first_link import say_first_link
from server.commands.http_server import serve_until_stopped
from server.commands.interpreter_tuning import tune
from server.commands.logging_setup import configure_logging
from server.commands.publication_report import Say, say_keys, say_publication
from server.commands.site_address import can_work_offline, draw_qr_code, listen
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say, terminal_language
from server.console.context import CONSOLE_PATH
from server.keys.keyring import Keyring, open_keyring
from server.program import IS_CHECKOUT
from server.services import Services
from server.settings import Settings, read_settings
from server.web.connection_limits import ConnectionLimits, raise_descriptor_limit
from server.web.connection_refusal import RefusalAnswers
from server.web.http_connection import http_connection_class
from server.web.site_origin import SiteOrigin, is_reachable
from sync.content.intake import import_folder
from sync.editions.publishing import can_sign
from sync.errors import KunnafoniError
from sync.locale import Language
from sync.store.contract import Collection

ON_NETWORK = "make serve HOST=0.0.0.0" if IS_CHECKOUT else "kunnafoni serve --host 0.0.0.0"


@click.command("serve")
@click.option("--host", help="Address to listen on (default 127.0.0.1; 0.0.0.0 for phones on this network).")
@click.option("--port", type=int, help="Port to listen on (default 8000).")
@click.option(
    "--share-port",
    is_flag=True,
    default=None,
    help="Let other processes of this site listen there too, one for each core.",
)
@click.option(
    "--hub-folder",
    metavar="DIR",
    help="Exchange editions and submissions with a hub without a link through this folder, a memory card.",
)
@STORE_OPTION
@DATA_OPTION
def serve_command(**options: Any) -> None:
    """Serve the site; an empty store takes content/ and publishes it first."""
    serve(read_settings(os.environ, **options), say, terminal_language())


def serve(settings: Settings, say: Say, language: Language) -> None:
    """Run until interrupted. Raises Refused for a port in use, BadFolder for invalid content."""
    configure_logging(settings.log_format)
    raise_descriptor_limit()
    with listen(settings.host, settings.port, settings.share_port) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        anyio.run(_serve, settings, listener, say, language, backend_options={"use_uvloop": True})


@asynccontextmanager
async def open_services(services: Services, *, to_restore: bool = False) -> AsyncIterator[Services]:
    """The services with their store open, as `store_session.opened` opens it."""
    async with store_session.opened(services.settings, services.store, to_restore=to_restore) as identity:
        services.store_watch.identity = identity
        yield services


async def _serve(settings: Settings, listener: socket.socket, say: Say, language: Language) -> None:
    with suppress(OSError):  # the store says so if it needs the folder
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with open_services(create_services(settings)) as services:
        keyring = await load_keyring(services)
        if keyring and not await can_sign(services.archive, keyring.keys):
            keyring = None
        if keyring:
            await _prepare_site(services, keyring, say, language)
        elif settings.publisher:
            say(
                "Cette machine sert, mais ne publie pas : elle n’a pas la clé de ce site. "
                "Elle laisse des demandes à celle qui l’a."
            )
        app = create_app(services, keyring.keys if keyring else None)
        config = make_server_config(app, settings, services.translator.language_of(settings.lang))
        if settings.publisher:
            await say_first_link(services, welcome_url(settings, ""), say)
        say_address(f"{SiteOrigin.from_settings(settings).url}/", say)
        tune()
        await serve_until_stopped(config, listener)


def make_server_config(app: Starlette, settings: Settings, language: Language) -> uvicorn.Config:
    """uvicorn within the settings' limits. `language`: of answers that a connection gives without the application."""
    limits = connection_limits(settings)
    return uvicorn.Config(
        app,
        http=http_connection_class(limits, RefusalAnswers(language)),
        ws="none",  # a WebSocket's protocol would leave these limits
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=int(limits.keep_alive),
        timeout_graceful_shutdown=int(limits.stopping),
        lifespan="on",
    )


def connection_limits(settings: Settings) -> ConnectionLimits:
    return ConnectionLimits(
        connections=settings.max_connections,
        headers=settings.header_seconds,
        silent=settings.silent_seconds,
        rate=settings.min_rate,
        stopping=settings.stop_seconds,
    )


async def load_keyring(services: Services) -> Keyring | None:
    """This node's keys; new ones only if it publishes and the store has no edition yet."""
    settings = services.settings
    return open_keyring(settings.keys, create=settings.publisher and await services.archive.current_key() is None)


async def _prepare_site(services: Services, keyring: Keyring, say: Say, language: Language) -> None:
    """Fill and publish an empty store; otherwise print the changes that are not published yet."""
    if keyring.is_new:
        say_keys(keyring, say)
    if not await services.store.scan(Collection.CONTENT, "", "~", limit=1):
        say("Lecture de {folder} …", folder=services.settings.content.name + "/")
        report = await import_folder(services.store, services.settings.content, prune=False, dry_run=False)
        say("Documents lus : {count}", count=len(report.added))
    if not await services.store.scan(Collection.EDITIONS, "head:", "head;", limit=1):
        say("Première publication …")
        await services.publisher.publish(
            keyring.keys, progress=lambda publication: say_publication(publication, say, language)
        )
        return
    try:
        _, plans = await services.publisher.make_plans()
        channels = [plan.channel for plan in plans if not plan.is_unchanged]
        if channels:
            say("Pas encore publié (les téléphones ne le voient pas) :")
            await services.publisher.publish(
                keyring.keys,
                channels,
                dry_run=True,
                progress=lambda publication: say_publication(publication, say, language),
            )
            say("Pour publier : kunnafoni publish")
    except KunnafoniError as error:
        say("À publier, mais pas publiable : {reason}", reason=error.text(language))


def welcome_url(settings: Settings, token: str) -> str:
    return f"{SiteOrigin.from_settings(settings).console_url}{CONSOLE_PATH}/welcome/{token}"


def say_address(url: str, say: Say) -> None:
    say("")
    say("Le site est ici : {url}", url=url)
    if is_reachable(url):
        say("{code}", code=draw_qr_code(url))
        if can_work_offline(url):
            say("Un téléphone lit les pages et les garde hors ligne.")
        else:
            say("Par http, un téléphone lit les pages ; pour les garder hors ligne, il faut https (voir README).")
    else:
        say(
            "Cette adresse ne marche que sur cette machine ; pour les téléphones du réseau : {command}",
            command=ON_NETWORK,
        )
    say("Pour arrêter : Ctrl+C")
