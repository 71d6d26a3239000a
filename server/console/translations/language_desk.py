"""The desk of one language: what is written and spoken in it, what is missing, and where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.web.app_state import clock_of, store_of
from server.writing.languages import list_languages, list_terms, open_language
from server.writing.recordings import list_recordings
from server.writing.translations import TranslationCell, compute_cell
from server.writing.workspace import Snapshot, workspace_of
from sync.documents.model import Guide
from sync.errors import NotFound, Refused
from sync.locale import own_name


@dataclass(frozen=True, slots=True)
class DeskLine:
    """An essential guide at the desk. `voice`: done, waiting, returned, own (it is the person's own) or missing."""

    guide: Guide
    cell: TranslationCell
    voice: str
    note: str = ""


async def open_for_writing(context: ConsoleContext) -> Response:
    lang = context.text("lang").strip()
    snapshot = await workspace_of(context).load_snapshot()
    if lang == snapshot.library.site.lang:
        raise Refused(
            "lang-own", "C’est la langue des originaux : il n’y a rien à traduire.", "Choisissez une autre langue."
        )
    await open_language(store_of(context), lang, context.user.name, clock_of(context)().isoformat(timespec="seconds"))
    await context.record_action("language-opened", lang)
    return context.redirect(f"/translations/{lang}")


async def desk(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    lang = await open_lang(context, snapshot)
    recordings = {each.slug: each for each in await list_recordings(store_of(context), lang)}
    lines = []
    for guide in essential_guides(snapshot):
        original = snapshot.works[f"guide:{guide.slug}:{guide.lang}"]
        recording = recordings.get(guide.slug)
        voice = "done" if any(each.lang == lang and each.reviewed for each in guide.spoken) else "missing"
        if recording:
            voice = "returned" if recording.note else "own" if recording.by == context.user.name else "waiting"
        lines.append(
            DeskLine(guide, compute_cell(snapshot, original, lang), voice, recording.note if recording else "")
        )
    channels = [name for name in snapshot.library.site.channels if name.partition("-")[0] == lang]
    return page.render(
        context,
        "translations/desk.html",
        own_name(lang),
        lang=lang,
        lines=lines,
        waiting=sum(line.voice == "waiting" for line in lines),
        terms=len(await list_terms(store_of(context), lang)),
        channels=channels,
    )


def essential_guides(snapshot: Snapshot) -> Sequence[Guide]:
    """The essential guides of the site's language, in the order of readers."""
    library = snapshot.library
    guides = [guide for guide in library.guides.values() if guide.essential and guide.lang == library.site.lang]
    return sorted(guides, key=lambda guide: (guide.order, guide.slug))


async def open_lang(context: ConsoleContext, snapshot: Snapshot) -> str:
    """The language of the address. Raises NotFound for one that nobody opened."""
    lang = context.param("lang")
    if lang not in await list_languages(store_of(context), snapshot):
        raise NotFound("language-closed", "Cette langue n’est pas ouverte.", "Ouvrez-la dans la page des traductions.")
    return lang
