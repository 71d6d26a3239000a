"""Recordings that wait: another person hears each, approves it or says what has to be spoken again."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.translations.language_desk import essential_guides, open_lang
from server.web.app_state import clock_of, store_of
from server.writing.drafts import drafts_of
from server.writing.recordings import WaitingRecording, approve_recording, get_recording, list_recordings, send_back
from server.writing.workspace import workspace_of
from sync.documents.voice_script import script_passages
from sync.errors import Refused
from sync.locale import own_name

MAX_NOTE = 300  # characters


async def waiting(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    lang = await open_lang(context, snapshot)
    guides = {guide.slug: guide for guide in essential_guides(snapshot)}
    recordings = [each for each in await list_recordings(store_of(context), lang) if not each.note]
    return page.render(
        context,
        "translations/listening.html",
        own_name(lang),
        lang=lang,
        recordings=[(each, guides[each.slug]) for each in recordings if each.slug in guides],
        page_states={each.slug: recording_page_state(context, each) for each in recordings},
        script_passages=script_passages,
        is_alone=snapshot.library.site.one_person,
    )


async def decide(context: ConsoleContext) -> Response:
    """Approve the recording that was heard, or with a note have it spoken again."""
    snapshot = await workspace_of(context).load_snapshot()
    lang, note = await open_lang(context, snapshot), context.text("note").strip()[:MAX_NOTE]
    recording = await get_recording(store_of(context), lang, context.text("slug"))
    address = f"/translations/{lang}/listening"
    page_state = recording_page_state(context, recording)
    require_seen(context, page_state, address)
    target = f"{lang}:{recording.slug}"
    if context.text("again"):
        await send_back(store_of(context), recording, note)
        await context.record_action("voice-returned", target, text=page_state.short_digest)
        return context.redirect(address, FlashMessage.TEXT_RETURNED)
    if not context.text("speaks"):
        raise Refused(
            "speaker-needed",
            "Seule une personne qui parle cette langue peut approuver.",
            "Revenez et cochez la case.",
        )
    work = snapshot.get_work(f"guide:{recording.slug}:{snapshot.library.site.lang}")
    day = clock_of(context)().date().isoformat()
    user = context.user
    is_alone = snapshot.library.site.one_person
    await approve_recording(
        store_of(context), drafts_of(context), work, recording, user.name, user.display_name, day, is_alone=is_alone
    )
    await context.record_action("voice-approved", target, text=page_state.short_digest)
    return context.redirect(address, FlashMessage.TEXT_APPROVED)


def recording_page_state(context: ConsoleContext, recording: WaitingRecording) -> PageState:
    _ = context.language
    lines = [
        (_("Enregistrement"), recording.media),
        (_("Voix"), recording.voice),
        (_("Remarque"), recording.note or "—"),
    ]
    return make_page_state([recording.id, recording.rev], lines)
