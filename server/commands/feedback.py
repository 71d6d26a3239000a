"""Commands for submissions: sealing keys, devices, bundles, exports, and opening sealed answers."""

from __future__ import annotations

import datetime
import os
import secrets
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

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
from server.inbox.bundle_intake import BundleResult, import_bundle
from server.inbox.enrolment_sheet import enrolment_url
from server.keys import sealing_keys
from server.keys.private_file import private_file, write_private
from server.keys.sealing_key_file import read_pem
from server.services import Services
from server.settings import Settings, read_settings
from server.web.site_origin import UNREACHABLE_ADDRESS, SiteOrigin, is_reachable
from sync.errors import KunnafoniError, NotFound, Refused
from sync.forms.compiled_form import Form
from sync.forms.version_store import load_stored_forms
from sync.store.contract import Collection
from sync.submissions.bundle import write_receipts
from sync.submissions.devices import CODE_DAYS, CODE_LENGTH, Invitation, invite
from sync.submissions.export import CONTENT_TYPES, FORMATS, open_export, stream_export
from sync.submissions.export_archive import read_attachments
from sync.submissions.sealing import SealingKey
from sync.submissions.submission import make_code
from sync.submissions.submission_reader import ReadSubmission, SubmissionReader

T = TypeVar("T")

FILE = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)
EXISTING_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FORM_OPTION = click.option("--form", "slug", required=True, help="The form's slug, e.g. rumeur.")
FORMAT_OPTION = click.option(
    "--format", "kind", type=click.Choice(FORMATS), default="csv", help="csv (default), xlsx, ndjson or geojson."
)
FILES_OPTION = click.option(
    "--files", type=FOLDER, metavar="DIR", help="Write photos and recordings into this folder, under their names."
)
LABELS_OPTION = click.option("--labels", is_flag=True, help="The words people saw instead of the form's names.")
OTHER_SUFFIXES = {f".{suffix}" for suffix in CONTENT_TYPES}  # endings that say what a file contains
BUNDLE_PATIENCE = 600.0  # seconds that a bundle's remaining lines are tried again
PROGRESS_INTERVAL = 500  # submissions between two lines of progress


@asynccontextmanager
async def _open_services(settings: Settings) -> AsyncIterator[Services]:
    """Services with the current editions loaded, and able to sign receipts if this node has the key."""
    async with serve.open_services(create_services(settings)) as services:
        await services.current_editions.load()
        keyring = await serve.load_keyring(services)
        if keyring:
            services.inbox.sign_with(keyring.keys)
        await services.inbox.node_cache.ensure_loaded()
        yield services


def _run_with_services(options: dict[str, Any], work: Callable[[Services], Any]) -> None:
    settings = read_settings(os.environ, **options)

    async def run() -> None:
        async with _open_services(settings) as services:
            await work(services)

    anyio.run(run)


@click.command()
@click.argument("key_file", type=FILE)
@click.argument("recovery_file", type=FILE)
@STORE_OPTION
@DATA_OPTION
def new(key_file: Path, recovery_file: Path, **options: Any) -> None:
    """Make the sealing key and its recovery copy; both files belong away from the server, in two places."""

    async def work(services: Services) -> None:
        site = await _site_id(services)
        await anyio.to_thread.run_sync(
            sealing_keys.generate_pair, services.settings.keys, site, key_file, recovery_file
        )
        say("Deux clés sont faites. Avant que les formulaires scellés partent, ouvrez l’essai avec chacune :")
        for file in (key_file, recovery_file):
            click.echo(f"  kunnafoni feedback open --test --key {file}")
        say(
            "Puis publiez. Gardez les deux fichiers à deux endroits, hors de cette machine : "
            "sans eux, personne ne lira les réponses."
        )

    _run_with_services(options, work)


@click.command()
@click.argument("recovery_file", type=EXISTING_FILE)
@click.argument("key_file", type=FILE)
@PASSPHRASE_OPTION
@STORE_OPTION
@DATA_OPTION
def recover(recovery_file: Path, key_file: Path, passphrase_file: Path | None, **options: Any) -> None:
    """Replace a lost sealing key; the recovery copy stays the same and still opens everything."""

    pem = read_pem(recovery_file, lambda: read_passphrase(passphrase_file, new=False))

    async def work(services: Services) -> None:
        site = await _site_id(services)
        await anyio.to_thread.run_sync(sealing_keys.replace_sealing_key, services.settings.keys, site, pem, key_file)
        say("Une nouvelle clé est faite. Ouvrez l’essai avec elle, puis publiez :")
        click.echo(f"  kunnafoni feedback open --test --key {key_file}")

    _run_with_services(options, work)


@click.group()
def feedback() -> None:
    """Submissions: export them, open sealed ones."""


@feedback.command("export")
@click.argument("out", type=FILE)
@FORM_OPTION
@FORMAT_OPTION
@LABELS_OPTION
@FILES_OPTION
@STORE_OPTION
@DATA_OPTION
def export_(out: Path, slug: str, kind: str, labels: bool, files: Path | None, **options: Any) -> None:
    """Write the submissions of one form into a file; sealed ones without their answers."""
    _run_with_services(
        options, lambda services: _export(services, services.inbox.open_reader(), slug, kind, labels, out, files)
    )


@feedback.command("open")
@click.argument("out", type=FILE, required=False)
@click.option(
    "--key",
    "key_file",
    type=EXISTING_FILE,
    required=True,
    help="The private key: the sealing key, a retired one, or the recovery copy.",
)
@click.option("--test", is_flag=True, help="Only try the key on the test that was sealed when it was made.")
@click.option(
    "--unbound",
    is_flag=True,
    help="Open also what an old app sealed and what arrived after the first answers of the new one.",
)
@click.option("--form", "slug", default="", help="The form's slug, e.g. plainte.")
@FORMAT_OPTION
@LABELS_OPTION
@FILES_OPTION
@PASSPHRASE_OPTION
@STORE_OPTION
@DATA_OPTION
def open_(
    out: Path | None,
    key_file: Path,
    test: bool,
    unbound: bool,
    slug: str,
    kind: str,
    labels: bool,
    files: Path | None,
    passphrase_file: Path | None,
    **options: Any,
) -> None:
    """Open sealed answers on this machine and write them into a file, never into the store."""
    key = SealingKey.from_pem(read_pem(key_file, lambda: read_passphrase(passphrase_file, new=False)))

    async def work(services: Services) -> None:
        if test:
            await _test_key(services, key)
        elif out is None or not slug:
            raise Refused("out-missing", "Il faut --form et le nom du fichier à écrire.")
        else:
            reader = services.inbox.open_reader(key, opens_late_unbound=unbound)
            await _export(services, reader, slug, kind, labels, out, files)

    _run_with_services(options, work)


async def _test_key(services: Services, key: SealingKey) -> None:
    """Open the test of the newest pair. Raises NotFound if no pair waits for its test."""
    pair = sealing_keys.get_untested_pair(services.settings.keys)
    if pair is sealing_keys.NO_PAIR:
        raise NotFound("no-test", "Aucune clé n’attend d’être essayée.", "Rechargez la page.")
    confirmed = await anyio.to_thread.run_sync(sealing_keys.confirm_with_key, services.settings.keys, pair, key)
    say("L’essai s’ouvre avec cette clé.")
    if confirmed.is_live:
        say("Les deux clés ont été essayées : publiez, et les formulaires scellés partent.")
    else:
        say("Essayez aussi l’autre fichier.")


@dataclass
class _Tally:
    """Counts of an export; `files`: attachments written, of `file_total`."""

    count: int = 0
    sealed: int = 0
    unbound: int = 0
    unbound_closed: int = 0
    files: int = 0
    file_total: int = 0

    def add(self, submission: ReadSubmission) -> None:
        self.count += 1
        self.sealed += submission.answers is None
        self.file_total += len(submission.submission.files)
        if "seal-unbound" in submission.warning:
            self.unbound += 1
            self.unbound_closed += submission.answers is None


async def _export(
    services: Services, reader: SubmissionReader, slug: str, kind: str, labels: bool, out: Path, files: Path | None
) -> None:
    export = open_export(kind, await load_form_versions(services, slug), labels=labels)
    if out.suffix.lower() in OTHER_SUFFIXES and out.suffix.lower() != f".{export.suffix}":
        out = out.with_suffix(f".{export.suffix}")
        say("Le fichier s’appelle {file}, d’après ce qu’il contient.", file=out)
    if files:
        await anyio.Path(files).mkdir(parents=True, exist_ok=True)
    tally = _Tally()
    with _open_output(out) as file:
        async for chunk in stream_export(export, _tallied(reader, slug, tally, files)):
            file.write(chunk)
    say("{count} envois dans {file}, dont {sealed} restés scellés.", count=tally.count, file=out, sealed=tally.sealed)
    if files:
        say(
            "{count} photos et sons dans {file}, {missing} manquent ou restent scellés.",
            count=tally.files,
            file=files,
            missing=tally.file_total - tally.files,
        )
    _explain_unbound(tally)


def _open_output(path: Path) -> AbstractContextManager[BinaryIO]:
    """A file that has its name once it is whole; what is no file, such as `/dev/stdout`, is written to as it is."""
    if path.exists() and not path.is_file():
        return path.open("wb")
    return private_file(path, path.with_name(f".{path.name}.part"), replace=True)


async def _tallied(
    reader: SubmissionReader, slug: str, tally: _Tally, files: Path | None
) -> AsyncIterator[ReadSubmission]:
    """The submissions, counted; their attachments that can be opened are written, readable by their owner alone."""
    async for submission in reader.read_all(slug):
        tally.add(submission)
        if tally.count % PROGRESS_INTERVAL == 0:
            say("{count} envois lus …", count=tally.count)
        if files:
            async for name, data in read_attachments(reader, [submission]):
                if data is not None:
                    await anyio.to_thread.run_sync(partial(write_private, files / name, data, replace=True))
                    tally.files += 1
        yield submission


def _explain_unbound(tally: _Tally) -> None:
    if opened := tally.unbound - tally.unbound_closed:
        say(
            "{count} réponses ont été scellées par une ancienne application : rien ne prouve qu’elles viennent de "
            "l’envoi qui les porte (« seal-unbound » dans le fichier).",
            count=opened,
        )
    if tally.unbound_closed:
        say(
            "{count} envois d’une ancienne application sont arrivés après ceux de la nouvelle et restent fermés : "
            "quelqu’un a pu copier leurs réponses. Avec --unbound, ils s’ouvrent.",
            count=tally.unbound_closed,
        )


async def load_form_versions(services: Services, slug: str) -> list[Form]:
    """All versions of a form, the published ones first. Raises NotFound if this site never had the form."""
    versions = [form for form in (await load_stored_forms(services.store)).values() if form.slug == slug]
    if not versions:
        raise NotFound(
            "form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", "Revenez à la liste.", form=slug
        )
    published_pages = "".join(
        services.current_editions.get(channel).body(f"forms/{slug}") or ""
        for channel in services.current_editions.channels
    )
    return sorted(versions, key=lambda form: (form.version not in published_pages, form.version))


@click.group()
def bundle() -> None:
    """Bundles: submissions transported in a file."""


@bundle.command()
@click.argument("files", type=EXISTING_FILE, nargs=-1, required=True)
@click.option("--receipts", type=FILE, metavar="FILE", help="Write the receipts into this file, to be carried back.")
@STORE_OPTION
@DATA_OPTION
def read(files: Sequence[Path], receipts: Path | None, **options: Any) -> None:
    """Import bundles, as if their phones had sent them. The exit status is 1 unless all of it was taken."""
    is_complete = True

    async def work(services: Services) -> None:
        nonlocal is_complete
        result = BundleResult()
        for file in files:
            try:
                text = file.read_text("utf-8", "replace")
                result.add(await import_bundle(services.inbox, text, BUNDLE_PATIENCE, _tell_waiting))
            except KunnafoniError as error:
                is_complete = False
                say("{file} : {reason}", file=file.name, reason=error.text(terminal_language()))
        say("Reçus : {accepted}. Refusés : {refused}. À reprendre plus tard : {later}.", **result.counts)
        for code, count in Counter(result.refusals).items():
            click.echo(f"  {code}: {count}")
        if receipts:
            await anyio.Path(receipts).write_text(write_receipts(services.inbox.site, result.receipts), "utf-8")
            say("{count} accusés de réception dans {file}.", count=len(result.receipts), file=receipts)
        if result.has_later:
            say("Ce qui est à reprendre n’est pas perdu : lisez le même fichier encore une fois.")
        is_complete = is_complete and result.is_complete

    _run_with_services(options, work)
    if not is_complete:
        sys.exit(1)


def _tell_waiting(seconds: float, count: int) -> None:
    say("{count} lignes attendent {seconds} s …", count=count, seconds=round(seconds))


@click.group()
def device() -> None:
    """Phones of facilitators."""


@device.command("enrol")
@click.argument("name")
@click.option("--place", default="", help="Where it is used: a place code such as ML-5.")
@click.option(
    "--days", type=click.IntRange(1, 730), default=365, help="How long the phone may send (default 365 days)."
)
@STORE_OPTION
@DATA_OPTION
def enrol_(name: str, place: str, days: int, **options: Any) -> None:
    """Create the code with which one phone is enrolled."""

    async def work(services: Services) -> None:
        today = services.clock().date()
        code = make_code(secrets.token_bytes(CODE_LENGTH), CODE_LENGTH)
        until, expires = (today + datetime.timedelta(days=span) for span in (days, CODE_DAYS))
        await invite(
            services.store,
            code,
            Invitation(name, place, until.isoformat(), expires.isoformat(), "kunnafoni device enrol"),
        )
        say(
            "Code de {name} : {code} (une seule fois, jusqu’au {date})",
            name=name,
            code=f"{code[:5]}-{code[5:]}",
            date=expires.isoformat(),
        )
        settings = services.settings
        channel = services.current_editions.default_channel(settings.lang)
        url = SiteOrigin.from_settings(settings).url
        click.echo(enrolment_url(url, channel, code))
        if not is_reachable(url):
            say(UNREACHABLE_ADDRESS)

    _run_with_services(options, work)


async def _site_id(services: Services) -> str:
    """The site's id from its document, because there may be no edition yet."""
    record = await services.store.get(Collection.CONTENT, "site")
    return str((record.body.get("fields") or {}).get("id", "kunnafoni")) if record else "kunnafoni"
