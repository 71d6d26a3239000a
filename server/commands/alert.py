"""The commands `alert`: send one from a file. What the file lacks is said with its line, before anything leaves."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import click

from server.alerts.drafts import AlertDraft, AlertDraftState, needs_second_approval
from server.alerts.service import AlertService
from server.app import create_services
from server.commands import serve
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say, terminal_language
from server.keys import keyring
from server.push import shards
from server.settings import read_settings
from sync.alerts.alert import Alert
from sync.alerts.alert_file import read_alert
from sync.alerts.audience import Audience
from sync.alerts.check import require_sendable
from sync.alerts.library import Library
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, alert_text
from sync.content.schemas import to_fields
from sync.errors import Unavailable

ACTOR = "terminal"
POLL_INTERVAL = 1.0  # seconds between looks at what another server sends
RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0)  # seconds before an alert is sent again
EXPLAIN_AFTER = 15.0  # seconds after which whoever waits at the terminal is told why


def register(commands: click.Group) -> None:
    commands.add_command(alert)


@click.group()
def alert() -> None:
    """Alerts to phones."""


@alert.command("send")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--test", is_flag=True, help="Send it as a test: only to phones that asked for tests, and on no page.")
@STORE_OPTION
@DATA_OPTION
def send(file: Path, test: bool, **options: Any) -> None:
    """Send the alert in a YAML file; asked again, it goes on where it stopped."""
    settings = read_settings(os.environ, **options)
    read = read_alert(file.read_bytes(), file.name)
    written = replace(read.alert, status="Test") if test else read.alert

    async def run() -> None:
        async with serve.open_services(create_services(settings)) as services:
            office = services.alerts
            ring = keyring.open_keyring(settings.keys, create=False)
            if ring:
                office.sign_with(ring.keys)
            library = await office.load_library()
            if written.slug not in library.alerts:
                require_sendable(written, library, services.clock(), file.name, read.node)
            if (
                office.push_problem and written.status == "Test"
            ):  # a test stands on no page: nothing of it would be left
                raise office.push_problem
            await print_preview(office, written, library)
            if needs_second_approval(written) and written.slug not in library.alerts:
                await office.drafts.save(
                    AlertDraft(written.slug, to_fields("alert", written), ACTOR, AlertDraftState.WAITING)
                )
                say("Danger de mort : une deuxième personne doit l’approuver dans la console avant l’envoi.")
                return
            await send_with_retries(office, written)
            say("Alerte envoyée : {slug}", slug=written.slug)
            if ring is None:
                say("La machine qui a les clés va la publier.")
            else:
                await follow_fanout(office, written.slug)

    anyio.run(run)


async def print_preview(service: AlertService, alert: Alert, library: Library) -> None:
    """What phones will show, and how many."""
    counts = await service.subscriptions.count_by_language(Audience.for_alert(alert, library.alerts))
    sent = service.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    for lang in alert.info:
        word = alert_text(alert, lang, library, 1, sent=sent)
        click.echo(f"[{lang}] {word.headline}\n{word.area}\n{word.text}\n")
        say("{bytes} octets sur {limit}", bytes=word.size, limit=MAX_PAYLOAD_BYTES)
    say("Téléphones abonnés que cela concerne : {count}", count=sum(counts.values()))
    if service.push_problem:
        click.echo(service.push_problem.text(terminal_language()))


async def send_with_retries(service: AlertService, alert: Alert) -> None:
    """Sent again, an alert goes on where it stopped: so for some seconds while the store is not sure to have it."""
    for pause in RETRY_DELAYS:
        try:
            await service.send(alert, ACTOR)
            return
        except Unavailable:
            await anyio.sleep(pause)
    await service.send(alert, ACTOR)


async def explain_delay() -> None:
    await anyio.sleep(EXPLAIN_AFTER)
    say(
        "Des téléphones n’ont pas encore pu être servis ; de nouveaux essais suivent. Ctrl+C arrête ici : un serveur en marche continue."
    )


async def follow_fanout(service: AlertService, slug: str) -> None:
    """Help with the fan-out until it is done, and say what became of it."""
    if service.fanout is None:
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(explain_delay)
        while waiting := [one for one in await shards.list_open_broadcasts(service.store) if one.alert == slug]:
            if not await service.fanout.try_send(waiting[0]):
                await anyio.sleep(POLL_INTERVAL)
        tasks.cancel_scope.cancel()
    for lang, fates in sorted(shards.sum_counts(await shards.load_shards(service.store, slug)).items()):
        say(
            "{lang} : {delivered} remises, {gone} abonnements finis, {refused} refusées",
            lang=lang or "—",
            delivered=fates.get("delivered", 0),
            gone=fates.get("gone", 0),
            refused=fates.get("refused", 0),
        )
