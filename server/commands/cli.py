"""The command line `kunnafoni`: each command reads the settings, calls one use case and prints the result.

Errors are printed as sentences on stderr, with exit status 1.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import click

from server.accounts.account import Role
from server.app import create_services
from server.commands import alert as alert_commands
from server.commands import feedback as feedback_commands
from server.commands import maintenance
from server.commands import serve as serve_command
from server.commands.hub import hub
from server.commands.logging_setup import configure_logging
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say, terminal_language
from server.keys.keyring import rotate as rotate_keys
from server.publishing.publisher import Publication
from server.publishing.remote_publish_requests import PublishRequestState
from server.services import Services
from server.settings import read_settings
from sync.content.export import ExportReport, export_folder
from sync.content.intake import ImportReport, import_folder
from sync.errors import BadFolder, KunnafoniError, Refused

REQUEST_TIMEOUT = 120.0  # seconds of polling a request to publish


@click.group()
def commands() -> None:
    """Kunnafoni: guides, notices and complaint help that cheap phones keep offline."""


@commands.command()
@click.option("--host", help="Address to listen on (default 127.0.0.1; 0.0.0.0 for phones on this network).")
@click.option("--port", type=int, help="Port to listen on (default 8000).")
@click.option(
    "--share-port",
    is_flag=True,
    default=None,
    help="Let other processes of this site listen there too, one for each core.",
)
@STORE_OPTION
@DATA_OPTION
def serve(**options: Any) -> None:
    """Serve the site; an empty store takes content/ and publishes it first."""
    serve_command.serve(read_settings(os.environ, **options), say, terminal_language())


@commands.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--prune", is_flag=True, help="Withdraw documents whose file is gone.")
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@STORE_OPTION
@DATA_OPTION
def import_(folder: Path, prune: bool, dry_run: bool, **options: Any) -> None:
    """Import content files into the store: all of them or none."""
    settings = read_settings(os.environ, **options)

    async def run() -> ImportReport:
        async with serve_command.open_services(create_services(settings)) as services:
            return await import_folder(services.store, folder, prune=prune, dry_run=dry_run)

    report = anyio.run(run)
    say_import(report)
    if report.conflicts:
        raise Refused(
            "import-conflicts",
            "Les documents en conflit ont été laissés comme ils sont.",
            "Réglez-les, puis recommencez.",
        )


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--drop-comments", is_flag=True, help="Also write over changed files whose comments (#) will be lost.")
@STORE_OPTION
@DATA_OPTION
def export(folder: Path, drop_comments: bool, **options: Any) -> None:
    """Write every document of the store as content files; equivalent files are left as they are."""
    settings = read_settings(os.environ, **options)

    async def run() -> ExportReport:
        async with serve_command.open_services(create_services(settings)) as services:
            return await export_folder(services.store, folder, drop_comments=drop_comments)

    report = anyio.run(run)
    say("Fichiers écrits : {count}", count=len(report.written))


@commands.command()
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
        async with serve_command.open_services(create_services(settings)) as services:
            keyring = await serve_command.load_keyring(services)
            if keyring is None and not dry_run and not again:
                await request_publication(services, channels)
                return
            if keyring is None:
                raise Refused(
                    "no-publisher",
                    "Cette machine ne publie pas : elle n’a pas la clé.",
                    "Publiez depuis la machine qui l’a.",
                )
            if keyring.is_new:
                serve_command.say_keys(keyring, say)
            await services.publisher.publish(
                keyring.keys, channels, dry_run=dry_run, again=again, progress=say_publication
            )

    anyio.run(run)


@commands.group()
def account() -> None:
    """The accounts of the console."""


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What the person may do.")
@STORE_OPTION
@DATA_OPTION
def add(name: str, role: str, **options: Any) -> None:
    """Open an account and print the link with which the person chooses a password."""
    settings = read_settings(os.environ, **options)

    async def run() -> str:
        async with serve_command.open_services(create_services(settings)) as services:
            token = await services.accounts.invite(name, Role(role))
            await services.audit.record("", "account-invited", name, role=role)
            return token

    link = serve_command.welcome_url(settings, anyio.run(run))
    say("Le compte {name} est ouvert. Ce lien sert une fois, pendant un jour :", name=name)
    say("{link}", link=link)


@account.command("link")
@click.argument("name")
@STORE_OPTION
@DATA_OPTION
def link(name: str, **options: Any) -> None:
    """Print a link with which a person chooses a new password, also while strangers hold up the sign-in."""
    settings = read_settings(os.environ, **options)

    async def run() -> str:
        async with serve_command.open_services(create_services(settings)) as services:
            account = await services.accounts.accounts.get(name)
            token = await services.accounts.invitations.create(account.name)
            await services.audit.record("", "account-reset", account.name)
            return token

    say("Ce lien sert une fois, pendant un jour. Le code en plus du mot de passe est à refaire ensuite :")
    say("{link}", link=serve_command.welcome_url(settings, anyio.run(run)))


@commands.group()
def keys() -> None:
    """The keys that sign editions."""


@keys.command("rotate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@STORE_OPTION
@DATA_OPTION
def rotate(file: Path, **options: Any) -> None:
    """Begin the next epoch with the next-*.pem kept offline, and publish every channel under it."""
    settings = read_settings(os.environ, **options)
    keyring = rotate_keys(settings.keys, file.read_bytes())
    serve_command.say_keys(keyring, say)

    async def run() -> None:
        async with serve_command.open_services(create_services(settings)) as services:
            await services.publisher.publish(keyring.keys, progress=say_publication)

    anyio.run(run)


async def request_publication(services: Services, channels: tuple[str, ...]) -> None:
    """Store a request to publish and poll its outcome for REQUEST_TIMEOUT. Raises its refusal."""
    request = await services.publish_requests.create_request("", channels)
    say("Cette machine n’a pas la clé : la demande est laissée à celle qui l’a …")
    with anyio.move_on_after(REQUEST_TIMEOUT):
        while request.state is PublishRequestState.WAITING:
            await anyio.sleep(1)
            request = await services.publish_requests.get_request(request.id)
    if refusal := request.to_error():
        raise refusal
    say(
        "C’est publié."
        if request.state is PublishRequestState.PUBLISHED
        else "Elle attend : la machine qui publie ne répond pas encore."
    )


maintenance.register(commands)
alert_commands.register(commands)
commands.add_command(hub)
feedback_commands.register(commands, keys)


def say_import(report: ImportReport) -> None:
    say(
        "Documents : {added} nouveaux, {changed} changés, {unchanged} pareils, {withdrawn} retirés",
        added=len(report.added),
        changed=len(report.changed),
        unchanged=len(report.unchanged),
        withdrawn=len(report.withdrawn),
    )
    for conflict in report.conflicts:
        say("En conflit avec une modification faite dans la console : {id}", id=conflict.id)


def say_publication(publication: Publication) -> None:
    serve_command.say_publication(publication, say, terminal_language())


def main() -> None:
    """Run a command; errors become sentences on stderr and exit status 1."""
    configure_logging()
    language: Callable[[str], str] = terminal_language()
    try:
        commands.main(standalone_mode=False)
    except BadFolder as error:
        for file_error in error.errors:
            click.echo(f"{file_error.path}:{file_error.line}: {file_error.text(language)}", err=True)
        sys.exit(1)
    except KunnafoniError as error:
        click.echo(error.text(language), err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


if __name__ == "__main__":
    main()
