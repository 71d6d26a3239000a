"""The recorder: the essential guides of a language spoken passage by passage on a phone, also without a network.

The page holds all scripts. pwa/src/console/passage-recorder.ts records, keeps and sends; this module takes the passages
of one guide, joins them to one sound, and lets it wait for another person's ears.
"""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.translations.language_desk import essential_guides, open_lang
from server.media.convert import converter_of
from server.media.media_store import media_of
from server.web.app_state import clock_of, store_of
from server.writing.recordings import WaitingRecording, get_replaceable, list_recordings, save_recording, script_digest
from server.writing.workspace import Snapshot, workspace_of
from sync.documents.model import Guide
from sync.documents.voice_script import script_passages, step_marks
from sync.errors import BadRequest, NotFound, Refused
from sync.locale import own_name

MAX_VOICE_BYTES = 4 * 1024 * 1024  # bytes of the posted form: 15 minutes at 32 kbit/s, as phones without Opus send


async def recorder(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    lang = await open_lang(context, snapshot)
    waiting = {each.slug: each for each in await list_recordings(store_of(context), lang)}
    return page.render(
        context,
        "translations/voice.html",
        own_name(lang),
        lang=lang,
        guides=[
            (guide, script_passages(guide), _digest(snapshot, guide), waiting.get(guide.slug))
            for guide in essential_guides(snapshot)
        ],
        is_heard={guide.slug for guide in essential_guides(snapshot) if _has_voice(guide, lang)},
    )


async def take_passages(context: ConsoleContext) -> Response:
    """Join the passages of one guide. Raises Refused if one is missing or the script has changed."""
    snapshot = await workspace_of(context).load_snapshot()
    lang = await open_lang(context, snapshot)
    guide = next((each for each in essential_guides(snapshot) if each.slug == context.param("slug")), None)
    if guide is None:
        raise NotFound("document-unknown", "Ce document n’existe pas.", "Revenez à la liste.")
    script = _digest(snapshot, guide)
    if context.text("script") != script:
        raise Refused(
            "recording-old", "Le texte a changé depuis cet enregistrement.", "Il faut l’enregistrer de nouveau."
        )
    passages = [await upload.read() for upload in context.form.getlist("passage") if isinstance(upload, UploadFile)]
    missing = len(script_passages(guide)) - len([each for each in passages if each])
    if missing > 0:
        raise Refused(
            "passages-missing",
            "Il manque {count} passages : rien n’est envoyé.",
            "Enregistrez ceux qui manquent.",
            count=missing,
        )
    if missing < 0:
        raise BadRequest("passages-many", "Il y a trop de passages.", "Rechargez la page du texte.")
    await get_replaceable(store_of(context), lang, guide.slug, context.user.name, script)
    sound = await converter_of(context).join(passages)
    when = clock_of(context)().isoformat(timespec="seconds")
    label = f"{guide.title} ({own_name(lang)})"[:200]
    medium = await media_of(context).save(sound, label, context.user.name, when)
    marks = step_marks(guide, list(sound.starts))
    recording = WaitingRecording(
        lang,
        guide.slug,
        medium.name,
        medium.seconds,
        marks,
        context.user.name,
        context.user.display_name,
        when,
        script,
    )
    await save_recording(store_of(context), recording)
    await context.record_action("voice-kept", f"{lang}:{guide.slug}", bytes=medium.bytes)
    return context.redirect(f"/translations/{lang}", FlashMessage.MEDIA_SAVED, size=context.language.size(medium.bytes))


def _digest(snapshot: Snapshot, guide: Guide) -> str:
    return script_digest(snapshot.works[f"guide:{guide.slug}:{guide.lang}"].approved or {})


def _has_voice(guide: Guide, lang: str) -> bool:
    return any(each.lang == lang and each.reviewed for each in guide.spoken)
