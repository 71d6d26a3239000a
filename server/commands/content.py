"""The commands `import` and `export`: content folders into the store and out of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import anyio
import click

from server.commands import store_session
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say
from server.settings import read_settings
from sync.content.export import ExportReport, export_folder
from sync.content.intake import ImportReport, import_folder
from sync.errors import Refused
from sync.store.open_store import open_store


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--prune", is_flag=True, help="Withdraw documents whose file is gone.")
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@STORE_OPTION
@DATA_OPTION
def import_(folder: Path, prune: bool, dry_run: bool, **options: Any) -> None:
    """Import content files into the store: all of them or none."""
    settings = read_settings(os.environ, **options)

    async def run() -> ImportReport:
        store = open_store(settings.store_address)
        async with store_session.opened(settings, store):
            return await import_folder(store, folder, prune=prune, dry_run=dry_run)

    report = anyio.run(run)
    say_import(report)
    if report.conflicts:
        raise Refused(
            "import-conflicts",
            "Les documents en conflit ont été laissés comme ils sont.",
            "Réglez-les, puis recommencez.",
        )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--drop-comments", is_flag=True, help="Also write over changed files whose comments (#) will be lost.")
@STORE_OPTION
@DATA_OPTION
def export(folder: Path, drop_comments: bool, **options: Any) -> None:
    """Write every document of the store as content files; equivalent files are left as they are."""
    settings = read_settings(os.environ, **options)

    async def run() -> ExportReport:
        store = open_store(settings.store_address)
        async with store_session.opened(settings, store):
            return await export_folder(store, folder, drop_comments=drop_comments)

    report = anyio.run(run)
    say("Fichiers écrits : {count}", count=len(report.written))


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
