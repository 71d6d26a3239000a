"""The commands that publish: `publish`, and `keys rotate`, which publishes every channel under the next key."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import click

from server.commands import interpreter_tuning, store_session
from server.commands.publication_report import say_keys, say_publication
from server.commands.publishing_services import PublishingServices
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say, terminal_language
from server.keys.keyring import open_keyring
from server.keys.keyring import rotate as rotate_keys
from server.publishing.publisher import Publication
from server.publishing.remote_publish_requests import PublishRequestState
from server.settings import Settings, read_settings
from sync.errors import Refused

_LINE_START = "\r\x1b[K"  # clears the line
REQUEST_TIMEOUT = 120.0  # seconds of polling a request to publish


@click.command()
@click.option("--channel", "channels", multiple=True, metavar="C", help="Only this channel (may be repeated).")
@click.option("--dry-run", is_flag=True, help="Show what would change and what it costs, publish nothing.")
@click.option(
    "--again",
    is_flag=True,
    help="Sign unchanged channels anew too: after a restoration, for phones that saw later editions.",
)
@STORE_OPTION
@DATA_OPTION
def publish(channels: tuple[str, ...], dry_run: bool, again: bool, **options: Any) -> None:
    """Publish the documents in the store, after showing the size of the downloads.

    A machine without the key leaves a request for the one that has it.
    """
    settings = read_settings(os.environ, **options)

    async def run() -> None:
        async with _open(settings) as services:
            is_new = await services.archive.current_key() is None
            keyring = open_keyring(settings.keys, create=settings.publisher and is_new)
            if keyring is None and not dry_run and not again:
                await _request_publication(services, channels)
                return
            if keyring is None:
                raise Refused(
                    "no-publisher",
                    "Cette machine ne publie pas : elle n’a pas la clé.",
                    "Publiez depuis la machine qui l’a.",
                )
            if keyring.is_new:
                say_keys(keyring, say)
            await services.publisher.publish(
                keyring.keys, channels, dry_run=dry_run, again=again, progress=_say_channel, planning=_show_planning
            )

    with interpreter_tuning.paused_collector():
        anyio.run(run)


@click.command("rotate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@STORE_OPTION
@DATA_OPTION
def rotate(file: Path, **options: Any) -> None:
    """Begin the next epoch with the next-*.pem kept offline, and publish every channel under it."""
    settings = read_settings(os.environ, **options)
    keyring = rotate_keys(settings.keys, file.read_bytes())
    say_keys(keyring, say)

    async def run() -> None:
        async with _open(settings) as services:
            await services.publisher.publish(keyring.keys, progress=_say_channel)

    anyio.run(run)


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[PublishingServices]:
    services = PublishingServices.from_settings(settings)
    async with store_session.opened(settings, services.store):
        yield services


async def _request_publication(services: PublishingServices, channels: tuple[str, ...]) -> None:
    """Store a request to publish and poll its outcome for REQUEST_TIMEOUT. Raises its refusal."""
    request = await services.publish_requests.create_request("", channels)
    say("Cette machine n’a pas la clé : la demande est laissée à celle qui l’a …")
    with anyio.move_on_after(REQUEST_TIMEOUT):
        while request.state is PublishRequestState.WAITING:
            await anyio.sleep(1)
            request = await services.publish_requests.get_request(request.id)
    if refusal := request.error:
        raise refusal
    say(
        "C’est publié."
        if request.state is PublishRequestState.PUBLISHED
        else "Elle attend : la machine qui publie ne répond pas encore."
    )


def _show_planning(channel: str, number: int, count: int) -> None:
    """Show on a terminal which channel is being rendered, in a line that the next one replaces."""
    if sys.stderr.isatty():
        language = terminal_language()
        text = language("{channel} : {number} sur {count} …", channel=channel, number=number, count=count)
        click.echo(f"{_LINE_START}{text}", err=True, nl=False)


def _say_channel(publication: Publication) -> None:
    if sys.stderr.isatty():
        click.echo(_LINE_START, err=True, nl=False)
    say_publication(publication, say, terminal_language())
