"""The command group `notice`: take other fact-checkers' ClaimReview in, as drafts that cite them."""

from __future__ import annotations

import os
from typing import Any

import anyio
import click

from server.app import create_services
from server.commands import serve
from server.commands.alert import is_address
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say
from server.services import Services
from server.settings import read_settings
from server.writing.document_slug import free_slug
from server.writing.draft_records import WorkingDocument
from server.writing.drafts import StartingPoint
from sync.errors import NotFound, Refused
from sync.notices.claim_review_reader import MAX_BYTES, ForeignReview, citing_fields, read_claim_reviews

ACTOR = "terminal"


@click.group()
def notice() -> None:
    """Notices of fact-checks."""


@notice.command("import")
@click.argument("source", metavar="URL|FILE")
@click.option(
    "--licensed",
    is_flag=True,
    help="You have read their licence, and it allows this. Needed where their data name none.",
)
@STORE_OPTION
@DATA_OPTION
def import_reviews(source: str, licensed: bool, **options: Any) -> None:
    """Make drafts that cite the ClaimReviews of a page or a JSON file; nothing is published."""
    settings = read_settings(os.environ, **options)

    async def run() -> None:
        async with serve.open_services(create_services(settings)) as services:
            reviews = read_claim_reviews(await _read(source, services))
            for review in reviews:
                _require_licence(review, licensed)
            for review in reviews:
                await _make_draft(services, review)

    anyio.run(run)


async def _read(source: str, services: Services) -> bytes:
    """The bytes of a file or of a web address, within the limit. Raises Refused, NotFound, Unavailable."""
    if is_address(source):
        document = await services.remote_documents.fetch(source, MAX_BYTES)
        return document.data if document else b""
    try:
        async with await anyio.open_file(source, "rb") as file:
            return await file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFound(
            "file-missing", "Ce fichier ne peut pas être lu : {path}.", "Vérifiez le nom du fichier.", path=source
        ) from error


def _require_licence(review: ForeignReview, licensed: bool) -> None:
    if not review.licence and not licensed:
        raise Refused(
            "review-licence",
            "{author} ne dit pas sous quelle licence reprendre sa vérification.",
            "Lisez ses conditions ; si elles le permettent, recommencez avec --licensed.",
            author=review.author[:100],
        )


async def _make_draft(services: Services, review: ForeignReview) -> None:
    snapshot = await services.workspace.load_snapshot()
    cited = (work for work in snapshot.works.values() if work.kind == "notice")
    if known := next((work for work in cited if _cites(work, review.url)), None):
        say("Déjà cité par {id} : rien n’est fait.", id=known.id)
        return
    lang = snapshot.library.site.lang
    taken = {id.split(":")[1] for id in snapshot.works if id.startswith("notice:")}
    slug = free_slug(review.title or review.claim, lambda name: name in taken) or "verification"
    today = services.clock().date().isoformat()
    language = services.translator.language_of(lang)
    body = language(
        "{author} a vérifié cela et dit : « {rating} ». Lisez leur page, puis écrivez ici pourquoi, avec vos mots.",
        author=review.author,
        rating=review.rating or "—",
    )
    id = f"notice:{slug}:{lang}"
    await services.drafts.save(
        WorkingDocument(id, "notice"), citing_fields(review, slug, lang, today, body), ACTOR, StartingPoint("", "")
    )
    await services.audit.record(ACTOR, "text-begun", id)
    say("Licence : {licence}", licence=review.licence or "—")
    say("Brouillon fait, à compléter dans la console : {address}", address=f"/console/writing/{id}/edit")


def _cites(work: WorkingDocument, url: str) -> bool:
    return any(source.get("url") == url for source in work.fields.get("evidence") or ())
