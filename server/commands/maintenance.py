"""Commands that keep a site safe: look after it, copy to another store, back up, restore."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import anyio
import click

from server.app import create_services
from server.commands import serve
from server.commands.terminal import DATA, PHRASE, STORE, language, passphrase, say
from server.hubs.replication_status import ReplicationState
from server.maintenance import doctor
from server.maintenance.backup import Contents, back_up, restore
from server.settings import read_settings
from sync.store.address import open_store
from sync.store.contract import Collection
from sync.store.copying import StoreSummary, copy_store


def add_to(commands: click.Group) -> None:
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
            return await copy_store(here, there, Counter())
        finally:
            await here.close()
            await there.close()

    done = anyio.run(run)
    say("Copié et vérifié : {records} fiches, {blobs} fichiers, empreinte {digest}", **_counts(done))


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PHRASE
@STORE
@DATA
def backup_command(file: Path, passphrase_file: Path | None, **given: Any) -> None:
    """Write the whole site and its keys into one file locked with a passphrase."""
    settings = read_settings(os.environ, **given)
    phrase = passphrase(passphrase_file, new=True)

    async def run() -> Contents:
        async with serve.opened(create_services(settings)) as services:
            return await back_up(services.store, settings.keys, file, phrase, services.clock(), Counter())

    contents = anyio.run(run)
    _say_contents("Sauvegardé : {records} fiches, {blobs} fichiers, {keys} clés", contents)
    if contents.split:
        say("{count} fiches ont deux versions : la sauvegarde n’a que celle qui est montrée.", count=contents.split)
        say("Réglez-les dans la console, puis sauvegardez de nouveau.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@PHRASE
@STORE
@DATA
def restore_command(file: Path, passphrase_file: Path | None, **given: Any) -> None:
    """Fill an empty store and key folder from a backup. Asked again after an interruption, it goes on."""
    settings = read_settings(os.environ, **given)
    phrase = passphrase(passphrase_file, new=False)

    async def run() -> Contents:
        async with serve.opened(create_services(settings)) as services:
            return await restore(services.store, settings.keys, file, phrase, Counter())

    contents = anyio.run(run)
    _say_contents("Restauré tel qu’il était le {when} : {records} fiches, {blobs} fichiers, {keys} clés", contents)
    say("Des téléphones ont peut-être vu plus récent. Pour qu’ils suivent : kunnafoni publish --again")


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Mend what can be mended.")
@STORE
@DATA
def doctor_command(fix: bool, **given: Any) -> None:
    """Say what is missing or wrong: store, keys, disk, clock, what is published, hubs."""
    settings = read_settings(os.environ, **given)

    async def run() -> bool:
        services = create_services(settings)
        try:
            found = await services.doctor.examine()
            for one in found if fix else ():
                if one.mend:
                    await one.mend()
                    say("Réparé : {what}", what=_sentence(one))
            left = await services.doctor.examine() if fix else found
            for one in left:
                _say_finding(one)
            return not any(one.wrong for one in left)
        finally:
            await services.store.close()

    if not anyio.run(run):
        raise SystemExit(1)
    say("Tout va bien.")


def _say_finding(one: doctor.Finding) -> None:
    click.echo(f"- {_sentence(one)}")
    if one.hint:
        click.echo(f"  {language()(one.hint)}")
    if one.mend:
        say("  Pour réparer : kunnafoni doctor --fix")


def _sentence(one: doctor.Finding) -> str:
    speak = language()
    values = {
        name: value.sentence(speak) if isinstance(value, ReplicationState) else value
        for name, value in one.values.items()
    }
    return speak(one.sentence, **values)


class Counter:
    """Says how far it is: a line for every ten thousand records of a room."""

    STEP = 10_000

    def __init__(self) -> None:
        self._said: dict[Collection, int] = {}

    def __call__(self, room: Collection, count: int) -> None:
        if count // self.STEP > self._said.get(room, 0):
            self._said[room] = count // self.STEP
            say("{room} : {count}", room=room.value, count=count)


def _counts(done: StoreSummary) -> dict[str, Any]:
    return {"records": len(done.records), "blobs": len(done.blobs), "digest": done.digest[:12]}


def _say_contents(sentence: str, contents: Contents) -> None:
    say(sentence, when=contents.when, records=contents.records, blobs=contents.blobs, keys=contents.keys)
