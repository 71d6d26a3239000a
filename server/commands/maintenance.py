"""Maintenance commands: `doctor`, `copy`, `backup`, `restore` and `drill`."""

from __future__ import annotations

import json
import os
from dataclasses import replace
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
from server.maintenance.backup import BackupContents, back_up, restore
from server.maintenance.backup_status import note_success
from server.maintenance.drill import DrillReport, run_drill
from server.maintenance.finding import Finding
from server.maintenance.known_stores import KnownStores
from server.maintenance.server_check import ask_server
from server.services import utc_now
from server.settings import read_settings
from sync.store.contract import Collection
from sync.store.copying import StoreSummary, copy_store
from sync.store.identity import open_identified, require_whole
from sync.store.open_store import open_store


class CollectionNames(click.ParamType[tuple[Collection, ...]]):
    """Names of collections with commas between them."""

    name = "parts"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Collection, ...]:
        try:
            return value if isinstance(value, tuple) else tuple(Collection(name) for name in value.split(","))
        except ValueError:
            self.fail(f"Choose from {', '.join(Collection)}.", param, ctx)


@click.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_command(source: str, target: str) -> None:
    """Copy one store into another, empty one; both are store addresses.

    Run again after an interruption, it continues.
    """

    async def run() -> StoreSummary:
        source_store, target_store = open_store(source), open_store(target)
        try:
            await require_whole(source_store, "")
            await open_identified(target_store, "")
            return await copy_store(source_store, target_store, ProgressPrinter())
        finally:
            await source_store.close()
            await target_store.close()

    summary = anyio.run(run)
    say("Copié et vérifié : {records} fiches, {blobs} fichiers, empreinte {digest}", **_summarize(summary))


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PASSPHRASE_OPTION
@click.option(
    "--smaller", is_flag=True, help="Write it even if a part has lost half of its records since the last one."
)
@STORE_OPTION
@DATA_OPTION
def backup_command(file: Path, passphrase_file: Path | None, smaller: bool, **options: Any) -> None:
    """Write the whole site and its keys into one file encrypted with a passphrase."""
    settings = read_settings(os.environ, **options)
    passphrase = read_passphrase(passphrase_file, new=True)

    async def run() -> BackupContents:
        async with serve.open_services(create_services(settings)) as services:
            known = KnownStores(settings)
            contents = await back_up(
                services.store,
                settings.keys,
                file,
                passphrase,
                services.clock(),
                ProgressPrinter(),
                at_least={} if smaller else known.last_backup,
            )
            known.record_backup(contents.records_by_collection)
            return contents

    contents = anyio.run(run)
    note_success(settings.data, utc_now())
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
    """Fill an empty store and key folder from a backup. Run again after an interruption, it continues."""
    settings = read_settings(os.environ, **options)
    passphrase = read_passphrase(passphrase_file, new=False)

    async def run() -> BackupContents:
        async with serve.open_services(create_services(settings), to_restore=True) as services:
            return await restore(services.store, settings.keys, file, passphrase, ProgressPrinter())

    contents = anyio.run(run)
    _say_contents("Restauré tel qu’il était le {when} : {records} fiches, {blobs} fichiers, {keys} clés", contents)
    say("Des téléphones ont peut-être vu plus récent. Pour qu’ils suivent : kunnafoni publish --again")


@click.command("drill")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@PASSPHRASE_OPTION
@DATA_OPTION
@click.option(
    "--room",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with room for the restored site, which is removed at the end (default: the system's temporary one).",
)
def drill_command(file: Path, passphrase_file: Path | None, room: Path | None, **options: Any) -> None:
    """Restore a backup into an empty, temporary place, examine it, and say what it took."""
    settings = read_settings(os.environ, **options)
    passphrase = read_passphrase(passphrase_file, new=False)

    async def run() -> DrillReport:
        return await run_drill(file, passphrase, utc_now(), settings.data, open_store, room)

    report = anyio.run(run)
    say(
        "La sauvegarde du {when} se restaure entière : {records} fiches, {blobs} fichiers, {submissions} envois, "
        "{channels} chaînes.",
        when=report.written,
        records=report.records,
        blobs=report.blobs,
        submissions=report.submissions,
        channels=report.channels,
    )
    say("Il a fallu {seconds} secondes et {memory} Mo de mémoire.", seconds=report.seconds, memory=report.memory)


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Repair the problems that can be repaired.")
@click.option(
    "--accept-loss",
    type=CollectionNames(),
    default=(),
    metavar="PARTS",
    help="With --fix: these parts of the store are lost for good; make them anew, empty (names with commas between).",
)
@click.option("as_json", "--json", is_flag=True, help="Print the findings as JSON, for programs.")
@STORE_OPTION
@DATA_OPTION
def doctor_command(fix: bool, accept_loss: tuple[Collection, ...], as_json: bool, **options: Any) -> None:
    """Check the running server, store, keys, disk, clock, publications, push contact, media and hubs."""
    settings = read_settings(os.environ, **options)
    if accept_loss and not fix:
        raise click.UsageError("--accept-loss changes the store: add --fix.")

    async def run() -> bool:
        services = create_services(settings)
        services.doctor = replace(services.doctor, ask_server=lambda: ask_server(settings))
        try:
            if accept_loss:
                await services.doctor.accept_loss(accept_loss)
            findings = await services.doctor.examine()
            for finding in findings if fix else ():
                if finding.fix:
                    await finding.fix()
                    if not as_json:
                        say("Réparé : {what}", what=_describe(finding))
            remaining = await services.doctor.examine() if fix else findings
            if as_json:
                click.echo(json.dumps([_as_json(finding) for finding in remaining], ensure_ascii=False, indent=1))
            for finding in remaining if not as_json else ():
                _print_finding(finding)
            return not any(finding.is_problem for finding in remaining)
        finally:
            await services.store.close()

    if not anyio.run(run):
        raise SystemExit(1)
    if not as_json:
        say("Tout va bien.")


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "sentence": _describe(finding),
        "hint": terminal_language()(finding.hint) if finding.hint else "",
        "problem": finding.is_problem,
        "repairable": finding.fix is not None,
    }


def _print_finding(finding: Finding) -> None:
    click.echo(f"- {_describe(finding)}")
    if finding.hint:
        click.echo(f"  {terminal_language()(finding.hint)}")
    if finding.fix:
        say("  Pour réparer : kunnafoni doctor --fix")


def _describe(finding: Finding) -> str:
    language = terminal_language()
    values = {
        name: value.sentence(language) if isinstance(value, ReplicationState) else value
        for name, value in finding.values.items()
    }
    return language(finding.sentence, **values)


class ProgressPrinter:
    """Prints a line for every ten thousand records of a collection."""

    INTERVAL = 10_000

    def __init__(self) -> None:
        self._reported: dict[Collection, int] = {}

    def __call__(self, collection: Collection, count: int) -> None:
        if count // self.INTERVAL > self._reported.get(collection, 0):
            self._reported[collection] = count // self.INTERVAL
            say("{room} : {count}", room=collection.value, count=count)


def _summarize(summary: StoreSummary) -> dict[str, Any]:
    return {"records": len(summary.records), "blobs": len(summary.blobs), "digest": summary.digest[:12]}


def _say_contents(sentence: str, contents: BackupContents) -> None:
    say(sentence, when=contents.when, records=contents.records, blobs=contents.blobs, keys=contents.keys)
