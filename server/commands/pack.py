"""The command group `pack`: `write` an edition as files that phones and people hand on, `read` such a file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import anyio
import click

from server.commands import store_session
from server.commands.terminal import DATA_OPTION, STORE_OPTION, load_language, say, terminal_language
from server.media.media_store import MediaStore
from server.settings import read_settings
from sync.canonical import digest
from sync.editions.archive import Archive
from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition
from sync.editions.library_page import LIMIT, LibraryWords, write_library_page
from sync.editions.media_pack import MEDIA_LIMIT, MEDIA_PREFIX, RECORDING, read_media_pack, write_media_packs
from sync.editions.pack import Pack, read_pack, write_pack, write_packs
from sync.editions.signing import key_digest
from sync.editions.trust import accept_statement, first_trust
from sync.errors import Gone, NotFound, Refused
from sync.store.open_store import open_store
from sync.text_file import MAX_TEXT_LENGTH

DAY_FORMAT = "%Y-%m-%d"


@click.group("pack")
def pack() -> None:
    """Packs: pages handed on as files, from phone to phone or by memory card."""


@pack.command("write")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--channel", required=True, metavar="C", help="The channel: fr-ML.")
@click.option("--essentials", is_flag=True, help="Only what a new phone reads first.")
@click.option("--page", "paths", multiple=True, metavar="PATH", help="Only this page: guides/x (may be repeated).")
@click.option(
    "--since",
    type=click.DateTime([DAY_FORMAT]),
    help="Only what changed since the edition of this day: for those who have it.",
)
@click.option("--limit", type=click.IntRange(1), metavar="KB", help="Numbered files of at most this size.")
@click.option("--recordings", is_flag=True, help="The recordings of these pages, for phones that have the pages.")
@click.option("--html", "as_html", is_flag=True, help="All pages as one HTML page that any browser opens from disk.")
@STORE_OPTION
@DATA_OPTION
def write(
    folder: Path,
    channel: str,
    essentials: bool,
    paths: tuple[str, ...],
    since: Any,
    limit: int | None,
    recordings: bool,
    as_html: bool,
    **options: Any,
) -> None:
    """Write the head of a channel into DIR, as one file or as numbered ones, in the order they are to be opened."""
    if as_html and (essentials or paths or since or limit or recordings):
        raise click.UsageError("--html writes all pages of a channel.")
    settings = read_settings(os.environ, **options)

    async def run() -> tuple[Edition, list[str], tuple[str, str] | None, dict[str, bytes]]:
        store = open_store(settings.store_address)
        async with store_session.opened(settings, store):
            archive = Archive(store)
            edition = await _head(archive, channel)
            day = since.strftime(DAY_FORMAT) if since else ""
            held = await _edition_of_day(archive, channel, day) if day else None
            names = _chosen(edition, held, essentials, paths)
            bodies = await archive.bodies(names)
            freshness = await archive.freshness(channel)
            is_current = freshness is not None and freshness.edition == edition.id
            fresh = (freshness.date, freshness.signature) if freshness and is_current else None
            media = await _read_recordings(MediaStore(store), bodies.values()) if recordings else {}
            return edition, [bodies[name] for name in names], fresh, media

    edition, bodies, fresh, media = anyio.run(run)
    language = terminal_language()
    comment = language(
        "Pages de Kunnafoni du {date}. Ouvrez l’application à « Mon téléphone », touchez « Prendre les pages d’un "
        "autre téléphone » et choisissez ce fichier.",
        date=edition.statement.date,
    )
    if as_html:
        return _write_html(folder, edition, bodies, fresh, comment)
    name = f"kunnafoni-{channel}-{edition.statement.date}"
    if recordings:
        comment = language(
            "Enregistrements de Kunnafoni. Ouvrez l’application à « Mon téléphone », touchez « Prendre les pages d’un "
            "autre téléphone » et choisissez ce fichier."
        )
        size = limit * 1000 if limit else MEDIA_LIMIT
        return _write_files(folder, f"{name}-media", write_media_packs(edition.statement.site, media, [comment], size))
    size = limit * 1000 if limit else MAX_TEXT_LENGTH
    return _write_files(folder, name, write_packs(edition, bodies, fresh, [comment], size))


def _write_files(folder: Path, name: str, texts: Sequence[str]) -> None:
    """Write numbered files of this name and say their sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts, 1):
        part = f"-{number}-{len(texts)}" if len(texts) > 1 else ""
        file = folder / f"{name}{part}.txt"
        file.write_text(text, "utf-8")
        say("Fichier {name} : {size} ko", name=file.name, size=-(-len(text.encode()) // 1000))


async def _read_recordings(media: MediaStore, bodies: Iterable[str]) -> dict[str, bytes]:
    """The recordings that pages name, by name; withdrawn ones are left out. Raises NotFound where there is none."""
    recordings: dict[str, bytes] = {}
    for name in dict.fromkeys(name for body in bodies for name in RECORDING.findall(body)):
        with contextlib.suppress(Gone, NotFound):
            recordings[name] = await media.read_bytes(name)
    if not recordings:
        raise NotFound(
            "recordings-none",
            "Ces pages n’ont pas d’enregistrement.",
            "Choisissez d’autres pages, ou une autre chaîne.",
        )
    return recordings


def _write_html(folder: Path, edition: Edition, bodies: list[str], fresh: tuple[str, str] | None, comment: str) -> None:
    """Write the channel as one HTML page, its size on it. Raises Refused above the limit."""
    statement = edition.statement
    language = load_language(statement.channel.split("-")[0])
    by_digest = {digest(body): body for body in bodies}
    by_path = {entry.path: by_digest[entry.digest] for entry in edition.manifest.entries}

    def page(size: str) -> str:
        words = LibraryWords(
            language.code,
            language.direction,
            language("Kunnafoni : toutes les pages"),
            language(
                "Pages du {date}, {size} ko. Ce fichier se lit dans tout navigateur, sans réseau et sans application. "
                "Il ne se met pas à jour : demandez-en un plus récent de temps en temps.",
                date=language.date(fresh[0] if fresh else statement.date),
                size=size,
            ),
            language("Toutes les pages"),
            language("Chercher dans ces pages"),
            language("Rien trouvé."),
        )
        return write_library_page(edition, by_path, words, write_pack(edition, bodies, fresh, [comment]))

    size = len(page("0000").encode())
    if size > LIMIT:
        raise Refused(
            "html-too-large",
            "Cette chaîne fait {size} ko en une page, {limit} ko au plus.",
            "Écrivez-la en fichiers de pages, sans --html.",
            size=size // 1000,
            limit=LIMIT // 1000,
        )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"kunnafoni-{statement.channel}-{statement.date}.html"
    file.write_text(page(str(-(-size // 1000))), "utf-8")
    say("Fichier {name} : {size} ko", name=file.name, size=-(-size // 1000))


@pack.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@STORE_OPTION
@DATA_OPTION
def read(files: tuple[Path, ...], **options: Any) -> None:
    """Verify packs and say what is in them; nothing is kept."""
    settings = read_settings(os.environ, **options)

    async def current_key() -> tuple[int, str, str] | None:
        store = open_store(settings.store_address)
        async with store_session.opened(settings, store):
            return await Archive(store).current_key()

    known = anyio.run(current_key)
    for file in files:
        text = file.read_text("utf-8", "replace")
        if text.startswith(MEDIA_PREFIX):
            site, media = read_media_pack(text)
            say("{name} : enregistrements de {site}, {count} en tout.", name=file.name, count=len(media), site=site)
        else:
            _say_pack(file, text, known[1] if known else "")


def _say_pack(file: Path, text: str, known_key: str) -> None:
    key = ""

    def accept(header: Any) -> Statement:
        nonlocal key
        key = header["key"]
        trust, statement = first_trust(key, header["statement"], header["signature"])
        return accept_statement(trust, statement.channel, header["statement"], header["signature"], None)

    content: Pack = read_pack(text, accept)
    statement = content.statement
    values: dict[str, Any] = {
        "name": file.name,
        "channel": statement.channel,
        "site": statement.site,
        "date": content.fresh[0] if content.fresh else statement.date,
        "pages": len(content.bodies),
        "total": len(content.manifest.entries),
    }
    say("{name} : {channel} de {site}, du {date}, {pages} pages sur {total}.", **values)
    if key == known_key:
        say("La signature est celle de la clé de ce site.")
    else:
        say("La signature est celle de la clé {key}, qui n’est pas celle d’ici.", key=key_digest(key))


async def _head(archive: Archive, channel: str) -> Edition:
    edition = await archive.head(channel)
    if edition is None:
        raise NotFound(
            "channel-unknown",
            "Rien n’est publié pour la chaîne {channel}.",
            "Prenez le nom tel qu’il est dans site.yaml.",
            channel=channel,
        )
    return edition


async def _edition_of_day(archive: Archive, channel: str, day: str) -> Edition:
    """The last edition of a channel that was published by this day. Raises Refused where there is none."""
    for _, id in reversed(await archive.history(channel)):
        edition = await archive.edition(id)
        if edition and edition.statement.date <= day:
            return edition
    raise Refused(
        "edition-gone",
        "Aucune édition de cette chaîne n’est aussi ancienne, ou elle n’est plus gardée.",
        "Choisissez une date plus récente.",
    )


def _chosen(edition: Edition, held: Edition | None, essentials: bool, paths: tuple[str, ...]) -> list[str]:
    """The digests of the pages to write, in reading order. Raises NotFound for a page that is not in the edition."""
    manifest = edition.manifest
    for path in paths:
        if path not in manifest.by_path():
            raise NotFound(
                "page-unknown",
                "La chaîne {channel} n’a pas de page {path}.",
                "Prenez le chemin de son adresse, sans la chaîne.",
                channel=edition.statement.channel,
                path=path,
            )
    entries = manifest.entries[: manifest.first] if essentials else manifest.entries
    known = {entry.digest for entry in held.manifest.entries} if held else set()
    chosen = [entry.digest for entry in entries if not paths or entry.path in paths]
    return list(dict.fromkeys(name for name in chosen if name not in known))
