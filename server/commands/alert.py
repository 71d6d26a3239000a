"""The command group `alert`: send an alert from a YAML file, import the CAP message of another organisation.

Errors in the file are reported with their lines before anything is stored or sent.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import click

from server.alerts.cap_intake import DRAFTABLE, RECEIVED_SENTENCES
from server.alerts.drafts import AlertDraft, AlertDraftState, needs_second_approval
from server.alerts.received_alerts import ReceivedAlert
from server.alerts.remote_documents import RemoteDocuments
from server.alerts.service import AlertService
from server.app import create_services
from server.commands import serve
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say, terminal_language
from server.keys.keyring import open_keyring
from server.push import fanout_records
from server.services import Services
from server.settings import read_settings
from sync.alerts.alert import Alert
from sync.alerts.alert_file import read_alert
from sync.alerts.audience import Audience
from sync.alerts.cap_draft import CapDraft
from sync.alerts.cap_reader import MAX_MESSAGE_BYTES
from sync.alerts.cap_signature import SIGNATURE_SENTENCES
from sync.alerts.check import find_issues, require_sendable
from sync.alerts.issue import IssueLevel
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, alert_text
from sync.alerts.wording import word_alert
from sync.content.schemas import to_fields
from sync.errors import BadContent, BadFolder, NotFound, Unavailable
from sync.locale import Translator

ACTOR = "terminal"
POLL_INTERVAL = 1.0  # seconds between polls while another server sends
RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0)  # seconds before each retry of `AlertService.send`
EXPLAIN_AFTER = 15.0  # seconds of fan-out after which the delay is explained


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
            print_advice(alert_to_send, library, services)
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


@alert.command("import")
@click.argument("source", metavar="FILE|URL")
@STORE_OPTION
@DATA_OPTION
def import_message(source: str, **options: Any) -> None:
    """Make a draft of a CAP message, in a file or at a web address; nothing is sent."""
    settings = read_settings(os.environ, **options)

    async def run() -> None:
        async with serve.open_services(create_services(settings)) as services:
            intake = services.cap_intake
            raw = await read_source(source, services.remote_documents)
            received = await intake.take_in(raw, source.rpartition("/")[2] if not is_address(source) else source)
            if received.reasons:
                raise refusal_of(received)
            print_received(received)
            situation = await intake.load_situation()
            targets = situation.targets(received)
            if situation.state_of(received) not in DRAFTABLE:
                say(RECEIVED_SENTENCES[situation.state_of(received)])
                return
            for target in [alert.slug for alert in targets] or [""]:
                draft = await intake.make_draft(received, ACTOR, services.translator.language_of, target)
                await services.audit.record(ACTOR, "alert-relayed", draft.slug)
                say(
                    "Brouillon fait, à compléter dans la console : {address}",
                    address=f"/console/alerts/drafts/{draft.slug}",
                )
            if not targets:
                print_open_fields(await intake.propose(received))

    anyio.run(run)


def is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


async def read_source(source: str, documents: RemoteDocuments) -> bytes:
    """The bytes of a file or of a web address, within the limit of a message. Raises Refused, Unavailable."""
    if is_address(source):
        document = await documents.fetch(source, MAX_MESSAGE_BYTES)
        return document.data if document else b""
    try:
        async with await anyio.open_file(source, "rb") as file:
            return await file.read(MAX_MESSAGE_BYTES + 1)
    except OSError as error:
        raise NotFound(
            "file-missing", "Ce fichier ne peut pas être lu : {path}.", "Vérifiez le nom du fichier.", path=source
        ) from error


def refusal_of(received: ReceivedAlert) -> BadFolder:
    """The error that tells all reasons, each with its line."""
    return BadFolder(
        [
            BadContent(received.address, reason.line, reason.code, reason.sentence, **reason.values)
            for reason in received.reasons
        ]
    )


def print_received(received: ReceivedAlert) -> None:
    """Print what a message says of itself, and what its signature proves."""
    click.echo(f"{received.name} · {received.title}".strip(" ·"))
    say(SIGNATURE_SENTENCES[received.signature.status], certificate=received.signature.certificate)


def print_open_fields(proposal: CapDraft) -> None:
    language = terminal_language()
    for field in proposal.open_fields:
        name = f"{field.lang}.{field.name}" if field.lang else field.name
        say("À compléter ({field}) : {reason}", field=name, reason=language(field.reason, **field.values))


async def print_preview(service: AlertService, alert: Alert, library: Library, translator: Translator) -> None:
    """Print the text that phones will show, its size, and the number of subscriptions."""
    counts = await service.subscriptions.count_by_language(Audience.for_alert(alert, library.alerts))
    sent = service.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    for lang in alert.info:
        text = alert_text(alert, lang, library, 1, sent=sent, language_of=translator.language_of)
        language = translator.language_of(lang)
        wording = word_alert(alert, alert.info[lang], text.area, language, "", site=library.site.name)
        click.echo("\n".join(filter(None, [f"[{lang}] {wording.title}", wording.drill, text.area, f"{text.text}\n"])))
        say("{bytes} octets sur {limit}", bytes=text.size, limit=MAX_PAYLOAD_BYTES)
    say("Téléphones abonnés que cela concerne : {count}", count=sum(counts.values()))
    if service.push_problem:
        click.echo(service.push_problem.text(terminal_language()))


def print_advice(alert: Alert, library: Library, services: Services) -> None:
    """Print what the check advises; what keeps the alert from leaving was raised before."""
    language = terminal_language()
    for issue in find_issues(alert, library, services.clock(), services.translator.language_of):
        if issue.level is IssueLevel.ADVICE:
            name = ".".join(map(str, issue.steps))
            sentence = language(issue.sentence, **issue.values)
            hint = language(issue.hint, **issue.values) if issue.hint else ""
            say("À revoir ({field}) : {advice}", field=name, advice=f"{sentence} {hint}".strip())


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
