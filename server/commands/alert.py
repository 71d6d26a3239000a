"""The command group `alert`: send an alert from a YAML file.

Errors in the file are reported with their lines before anything is stored or sent.
"""

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
from server.keys.keyring import open_keyring
from server.push import fanout_records
from server.settings import read_settings
from sync.alerts.alert import Alert
from sync.alerts.alert_file import read_alert
from sync.alerts.audience import Audience
from sync.alerts.check import require_sendable
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, alert_text
from sync.alerts.wording import word_alert
from sync.content.schemas import to_fields
from sync.errors import Unavailable
from sync.locale import Translator

ACTOR = "terminal"
POLL_INTERVAL = 1.0  # seconds between polls while another server sends
RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0)  # seconds before each retry of `AlertService.send`
EXPLAIN_AFTER = 15.0  # seconds of fan-out after which the delay is explained


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
    """Send the alert in a YAML file; run again, it continues where it stopped."""
    settings = read_settings(os.environ, **options)
    file_alert = read_alert(file.read_bytes(), file.name)
    alert_to_send = replace(file_alert.alert, status="Test") if test else file_alert.alert

    async def run() -> None:
        async with serve.open_services(create_services(settings)) as services:
            service = services.alerts
            keyring = open_keyring(settings.keys, create=False)
            if keyring:
                service.sign_with(keyring.keys)
            library = await service.load_library()
            if alert_to_send.slug not in library.alerts:
                require_sendable(alert_to_send, library, services.clock(), file.name, file_alert.node)
            if service.push_problem and alert_to_send.status == "Test":  # a test is on no page: push is its only effect
                raise service.push_problem
            await print_preview(service, alert_to_send, library, services.translator)
            if needs_second_approval(alert_to_send, library.alerts) and alert_to_send.slug not in library.alerts:
                await service.drafts.save(
                    AlertDraft(alert_to_send.slug, to_fields("alert", alert_to_send), ACTOR, AlertDraftState.WAITING)
                )
                say("Danger de mort : une deuxième personne doit l’approuver dans la console avant l’envoi.")
                return
            await send_with_retries(service, alert_to_send)
            say("Alerte envoyée : {slug}", slug=alert_to_send.slug)
            if keyring is None:
                say("La machine qui a les clés va la publier.")
            else:
                await follow_fanout(service, alert_to_send.slug)

    anyio.run(run)


async def print_preview(service: AlertService, alert: Alert, library: Library, translator: Translator) -> None:
    """Print the text that phones will show, its size, and the number of subscriptions."""
    counts = await service.subscriptions.count_by_language(Audience.for_alert(alert, library.alerts))
    sent = service.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    for lang in alert.info:
        text = alert_text(alert, lang, library, 1, sent=sent)
        wording = word_alert(alert, alert.info[lang], text.area, translator.language_of(lang), "")
        click.echo("\n".join(filter(None, [f"[{lang}] {wording.title}", wording.drill, text.area, f"{text.text}\n"])))
        say("{bytes} octets sur {limit}", bytes=text.size, limit=MAX_PAYLOAD_BYTES)
    say("Téléphones abonnés que cela concerne : {count}", count=sum(counts.values()))
    if service.push_problem:
        click.echo(service.push_problem.text(terminal_language()))


async def send_with_retries(service: AlertService, alert: Alert) -> None:
    """Send, with a few seconds of retries while the store is unavailable; `send` is idempotent."""
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
        "Des téléphones n’ont pas encore pu être servis ; de nouveaux essais suivent. "
        "Ctrl+C arrête ici : un serveur en marche continue."
    )


async def follow_fanout(service: AlertService, slug: str) -> None:
    """Take part in the fan-out until it is done, then print the delivery counts by language."""
    if service.fanout is None:
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(explain_delay)
        while broadcasts := [
            broadcast
            for broadcast in await fanout_records.list_open_broadcasts(service.store)
            if broadcast.alert == slug
        ]:
            if not await service.fanout.try_send(broadcasts[0]):
                await anyio.sleep(POLL_INTERVAL)
        tasks.cancel_scope.cancel()
    for lang, counts in sorted(
        fanout_records.sum_counts(await fanout_records.load_shards(service.store, slug)).items()
    ):
        say(
            "{lang} : {delivered} remises, {gone} abonnements finis, {refused} refusées",
            lang=lang or "—",
            delivered=counts.get("delivered", 0),
            gone=counts.get("gone", 0),
            refused=counts.get("refused", 0),
        )
