"""The command `print`: guides, notices, complaint paths, a booklet and a poster as PDF files."""

from __future__ import annotations

import base64
import mimetypes
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import click

from server.commands import store_session
from server.commands.terminal import DATA_OPTION, STORE_OPTION, load_language, terminal_language
from server.inbox.enrolment_sheet import draw_qr_svg
from server.media.media_store import MediaStore
from server.settings import read_settings
from server.web.pdf_printer import PdfPrinter, count_pages
from server.web.site_origin import SiteOrigin
from sync.editions.archive import Archive
from sync.editions.feed import Edition
from sync.editions.print_document import Paper, PrintSource, PrintWords, find_pictures, write_printed_pages
from sync.errors import Gone, NotFound, Unavailable
from sync.rendering.pages.danger import PATH as DANGER_PATH
from sync.store.contract import Store
from sync.store.open_store import open_store

FONT_SIZES = {
    Paper.SHEET: (10.5, 9.5, 8.5, 7.5),
    Paper.BOOKLET: (9,),
    Paper.POSTER: (15, 13.5, 12, 11, 10, 9),
}  # points
MAX_PAGES = {Paper.SHEET: 2, Paper.POSTER: 1}
CSS = Path(__file__).with_name("paper.css")


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A document to print: `name` is its file's, without ending, below the folder of its channel."""

    name: str
    kind: Paper
    paths: Sequence[str]


@click.command("print")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--channel", "channels", multiple=True, metavar="C", help="Only this channel (may be repeated).")
@click.option("--page", "paths", multiple=True, metavar="PATH", help="Only this page: guides/x (may be repeated).")
@click.option("--booklet", is_flag=True, help="Only the booklet of the essentials, on A5.")
@click.option("--poster", is_flag=True, help="Only the poster of what to do in danger.")
@STORE_OPTION
@DATA_OPTION
def print_command(
    folder: Path, channels: tuple[str, ...], paths: tuple[str, ...], booklet: bool, poster: bool, **options: Any
) -> None:
    """Write pages as PDF files: guides, notices, complaint paths, a booklet and a poster.

    Each guide, notice, complaint path and letter fits on one or two sheets of A4. All goes into DIR, by channel.
    """
    settings = read_settings(os.environ, **options)
    printer = PdfPrinter()
    if printer.program is None:
        raise Unavailable(
            "chromium-missing",
            "Cette machine n’a pas de navigateur Chromium, qui fait les fichiers PDF.",
            "Installez le paquet chromium, ou imprimez les pages depuis un autre navigateur.",
        )
    language = terminal_language()
    url = SiteOrigin.from_settings(settings).url

    async def run() -> None:
        store = open_store(settings.store_address)
        async with store_session.opened(settings, store):
            for channel in channels or await Archive(store).channels():
                edition, source = await read_source(store, channel, url)
                for job in choose_jobs(edition, source, paths, booklet, poster):
                    pdf, count = await print_job(printer, edition, source, job)
                    file = anyio.Path(folder, channel, f"{job.name}.pdf")
                    await file.parent.mkdir(parents=True, exist_ok=True)
                    await file.write_bytes(pdf)
                    name = f"{channel}/{job.name}.pdf"
                    click.echo(language.plural("{name} : {count} page", "{name} : {count} pages", count, name=name))

    anyio.run(run)


async def read_source(store: Store, channel: str, url: str) -> tuple[Edition, PrintSource]:
    """The head of a channel and what is printed of it. Raises NotFound for a channel that has none."""
    archive = Archive(store)
    edition = await archive.head(channel)
    if edition is None:
        raise NotFound(
            "channel-unknown",
            "Rien n’est publié pour la chaîne {channel}.",
            "Prenez le nom tel qu’il est dans site.yaml.",
            channel=channel,
        )
    texts = await archive.bodies([entry.digest for entry in edition.manifest.entries])
    bodies = {entry.path: texts[entry.digest] for entry in edition.manifest.entries}
    pictures = {name: data async for name, data in _read_pictures(MediaStore(store), find_pictures(bodies))}
    return edition, PrintSource(channel, url, bodies, draw_qr_svg, CSS.read_text("utf-8"), pictures)


def choose_jobs(
    edition: Edition, source: PrintSource, paths: Sequence[str], booklet: bool, poster: bool
) -> Iterator[PrintJob]:
    """All documents of a channel, or those asked for. Raises NotFound for a page that is not in the edition."""
    are_all = not (paths or booklet or poster)
    for path in paths:
        if path not in source.bodies:
            raise NotFound(
                "page-unknown",
                "La chaîne {channel} n’a pas de page {path}.",
                "Prenez le chemin de son adresse, sans la chaîne.",
                channel=source.channel,
                path=path,
            )
    if poster or are_all:
        yield PrintJob("poster", Paper.POSTER, [DANGER_PATH])
    if booklet or are_all:
        essentials = [entry.path for entry in edition.manifest.entries[: edition.manifest.first]]
        singles = set(source.sheet_paths()) | {DANGER_PATH}
        yield PrintJob("booklet", Paper.BOOKLET, [path for path in essentials if path in singles])
    for path in source.sheet_paths() if are_all else paths:
        yield PrintJob(path, Paper.SHEET, [path])


async def print_job(printer: PdfPrinter, edition: Edition, source: PrintSource, job: PrintJob) -> tuple[bytes, int]:
    """The PDF, and its number of pages, in the largest type that fits; the smallest where none does."""
    words = _words(edition, source, job.kind)
    limit = MAX_PAGES.get(job.kind)
    pdf, count = b"", 0
    for size in FONT_SIZES[job.kind]:
        pdf = await printer.print(write_printed_pages(source, job.kind, job.paths, words, size))
        count = count_pages(pdf)
        if limit is None or count <= limit:
            break
    return pdf, count


def _words(edition: Edition, source: PrintSource, kind: Paper) -> PrintWords:
    lang, _, country = source.channel.partition("-")
    language = load_language(lang)
    date = language.date(edition.statement.date)
    origin = language("Pages du {date}, de {url}. Le code ouvre la page d’aujourd’hui.", date=date, url=source.url)
    if kind is not Paper.BOOKLET:
        return PrintWords(language.code, language.direction, origin)
    title = language("L’essentiel")
    return PrintWords(language.code, language.direction, origin, title, f"{language.country(country)}, {date}")


async def _read_pictures(media: MediaStore, names: set[str]) -> AsyncIterator[tuple[str, str]]:
    """Pictures that the site keeps, as `data:` URLs by name; recordings are left out."""
    for name in sorted(names):
        kind = mimetypes.guess_type(name)[0] or ""
        if kind.startswith("image/"):
            try:
                data = await media.read_bytes(name)
            except (Gone, NotFound):
                continue
            yield name, f"data:{kind};base64,{base64.b64encode(data).decode()}"
