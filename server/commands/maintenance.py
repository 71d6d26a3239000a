"""Commands that keep a site safe: look after it, copy to another store, back up, restore."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import anyio
import click

from server.app import create_services
from server.commands import serve
from server.commands.terminal import (
    DATA_OPTION,
    PASSPHRASE_OPTION,
    STORE_OPTION,
    read_passphrase,
    say,
    terminal_language,
)
from server.hubs.replication_status import ReplicationState
from server.maintenance import doctor
from server.maintenance.backup import BackupContents, back_up, restore
from server.settings import read_settings
from sync.store.contract import Collection
from sync.store.copying import StoreSummary, copy_store
from sync.store.open_store import open_store


def register(commands: click.Group) -> None:
    for command in (doctor_command, copy_command, backup_command, restore_command):
        commands.add_command(command)


@click.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_command(source: str, target: str) -> None:
    """Copy one store into another, empty one; both are store addresses. Asked again after an interruption, it goes on."""

    async def run() -> StoreSummary:
        here, there = open_store(source), open_store(target)
        try:
            await there.prepare()
            return await copy_store(here, there, ProgressPrinter())
        finally:
            await here.close()
            await there.close()

    done = anyio.run(run)
    say("Copié et vérifié : {records} fiches, {blobs} fichiers, empreinte {digest}", **_summarize(done))


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PASSPHRASE_OPTION
@STORE_OPTION
@DATA_OPTION
def backup_command(file: Path, passphrase_file: Path | None, **options: Any) -> None:
    """Write the whole site and its keys into one file locked with a passphrase."""
    settings = read_settings(os.environ, **options)
    phrase = read_passphrase(passphrase_file, new=True)

    async def run() -> BackupContents:
        async with serve.open_services(create_services(settings)) as services:
            return await back_up(services.store, settings.keys, file, phrase, services.clock(), ProgressPrinter())

    contents = anyio.run(run)
    _say_contents("Sauvegardé : {records} fiches, {blobs} fichiers, {keys} clés", contents)
    if contents.conflict_count:
        say(
            "{count} fiches ont deux versions : la sauvegarde n’a que celle qui est montrée.",
            count=contents.conflict_count,
        )
        say("Réglez-les dans la console, puis sauvegardez de nouveau.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@PASSPHRASE_OPTION
@STORE_OPTION
@DATA_OPTION
def restore_command(file: Path, passphrase_file: Path | None, **options: Any) -> None:
    """Fill an empty store and key folder from a backup. Asked again after an interruption, it goes on."""
    settings = read_settings(os.environ, **options)
    phrase = read_passphrase(passphrase_file, new=False)

    async def run() -> BackupContents:
        async with serve.open_services(create_services(settings)) as services:
            return await restore(services.store, settings.keys, file, phrase, ProgressPrinter())

    contents = anyio.run(run)
    _say_contents("Restauré tel qu’il était le {when} : {records} fiches, {blobs} fichiers, {keys} clés", contents)
    say("Des téléphones ont peut-être vu plus récent. Pour qu’ils suivent : kunnafoni publish --again")


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Mend what can be mended.")
@STORE_OPTION
@DATA_OPTION
def doctor_command(fix: bool, **options: Any) -> None:
    """Say what is missing or wrong: store, keys, disk, clock, what is published, hubs."""
    settings = read_settings(os.environ, **options)

    async def run() -> bool:
        services = create_services(settings)
        try:
            found = await services.doctor.examine()
            for one in found if fix else ():
                if one.fix:
                    await one.fix()
                    say("Réparé : {what}", what=_describe(one))
            left = await services.doctor.examine() if fix else found
            for one in left:
                _print_finding(one)
            return not any(one.is_problem for one in left)
        finally:
            await services.store.close()

    if not anyio.run(run):
        raise SystemExit(1)
    say("Tout va bien.")


def _print_finding(one: doctor.Finding) -> None:
    click.echo(f"- {_describe(one)}")
    if one.hint:
        click.echo(f"  {terminal_language()(one.hint)}")
    if one.fix:
        say("  Pour réparer : kunnafoni doctor --fix")


def _describe(one: doctor.Finding) -> str:
    speak = terminal_language()
    values = {
        name: value.sentence(speak) if isinstance(value, ReplicationState) else value
        for name, value in one.values.items()
    }
    return speak(one.sentence, **values)


class ProgressPrinter:
    """Says how far it is: a line for every ten thousand records of a room."""

    INTERVAL = 10_000

    def __init__(self) -> None:
        self._reported: dict[Collection, int] = {}

    def __call__(self, room: Collection, count: int) -> None:
        if count // self.INTERVAL > self._reported.get(room, 0):
            self._reported[room] = count // self.INTERVAL
            say("{room} : {count}", room=room.value, count=count)


def _summarize(done: StoreSummary) -> dict[str, Any]:
    return {"records": len(done.records), "blobs": len(done.blobs), "digest": done.digest[:12]}


def _say_contents(sentence: str, contents: BackupContents) -> None:
    say(sentence, when=contents.when, records=contents.records, blobs=contents.blobs, keys=contents.keys)
