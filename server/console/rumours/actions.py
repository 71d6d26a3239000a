"""Decisions about cases. Each is bound to the reports and the answers that its page showed."""

from __future__ import annotations

from starlette.responses import Response

from server.console.components.decision import SHORT_DIGEST, ChangedMeanwhile
from server.console.components.place_names import load_place_names
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.rumours.answer_text import offer_answer, published_notices
from server.console.rumours.page_state import case_page_state, load_seen_case
from server.rumours.case_decisions import CaseDecisions
from server.rumours.case_records import LEVELS
from server.rumours.notice_from_case import notice_fields
from server.rumours.rumour_case import RumourCase
from server.rumours.service import rumour_desk_of
from server.web.app_state import clock_of, store_of
from server.writing.document_slug import free_slug
from server.writing.draft_records import WorkingDocument
from server.writing.drafts import StartingPoint, drafts_of
from server.writing.workspace import workspace_of
from sync.canonical import digest
from sync.errors import BadRequest, Refused
from sync.locale import N_
from sync.submissions.related_records import check_answer_text

MAX_CHOSEN = 200  # cases of one decision


async def decide_many(context: ConsoleContext) -> Response:
    """Join the chosen cases, or close each. A case that changed since the list was shown stops it all."""
    chosen = await _load_chosen(context)
    decisions = _decisions(context)
    if context.text("deed") == "join":
        id = await decisions.join(chosen, context.user.name)
        await context.record_action("rumours-joined", id, count=len(chosen))
        return context.redirect(f"/rumours/{id}", FlashMessage.RUMOURS_JOINED)
    if context.text("deed") != "close" or not chosen:
        raise BadRequest("rumour-none", "Choisissez au moins une rumeur.", "Revenez à la liste.")
    for case in chosen:
        await decisions.close(case, context.user.name)
        await context.record_action("rumour-closed", case.id)
    return context.redirect("/rumours", FlashMessage.SAVED)


async def set_level(context: ConsoleContext) -> Response:
    case, page_state = await load_seen_case(context)
    level = context.text("level")
    if level not in LEVELS:
        raise BadRequest("form-changed", "Ce formulaire a changé en chemin.", "Rechargez la page et recommencez.")
    await _decisions(context).set_level(case, level, context.user.name)
    await context.record_action("rumour-level", case.id, level=level, text=page_state.short_digest)
    return _redirect_back(context, case, FlashMessage.SAVED)


async def set_state(context: ConsoleContext) -> Response:
    """Close the case without an answer, or take it up again."""
    case, page_state = await load_seen_case(context)
    if context.text("state") == "closed":
        await _decisions(context).close(case, context.user.name)
        await context.record_action("rumour-closed", case.id, text=page_state.short_digest)
    else:
        await _decisions(context).reopen(case, context.user.name)
        await context.record_action("rumour-reopened", case.id, text=page_state.short_digest)
    return _redirect_back(context, case, FlashMessage.SAVED)


async def split_case(context: ConsoleContext) -> Response:
    case, page_state = await load_seen_case(context)
    id = await _decisions(context).split(case, context.texts("report"), context.user.name)
    await context.record_action("rumour-split", case.id, text=page_state.short_digest)
    return context.redirect(f"/rumours/{id}", FlashMessage.RUMOUR_SPLIT)


async def name_notice(context: ConsoleContext) -> Response:
    """Note that a published notice answers the case."""
    case, page_state = await load_seen_case(context)
    notice = context.text("notice")
    if notice not in await published_notices(context):
        raise Refused("notice-unpublished", "Cette fiche n’est pas publiée.", "Publiez-la d’abord.")
    await _decisions(context).name_notice(case, notice, context.user.name)
    await context.record_action("rumour-notice", case.id, notice=notice, text=page_state.short_digest)
    return _redirect_back(context, case, FlashMessage.SAVED)


async def write_notice(context: ConsoleContext) -> Response:
    """Begin the notice with what people reported, and open it in the editor."""
    case, page_state = await load_seen_case(context)
    snapshot = await workspace_of(context).load_snapshot()
    if case.record.notice in snapshot.works:
        return context.redirect(f"/writing/{case.record.notice}/edit")
    lang = snapshot.library.site.lang
    taken = {id.split(":")[1] for id in snapshot.works if id.startswith("notice:")}
    slug = free_slug(case.words, lambda name: name in taken) or f"rumeur-{digest(case.id)[:6].lower()}"
    today = clock_of(context)().date().isoformat()
    places = await load_place_names(store_of(context))
    fields = notice_fields(case, slug, lang, places, today, context.language)
    id = f"notice:{slug}:{lang}"
    work = WorkingDocument(id, "notice")
    if await drafts_of(context).save(work, fields, context.user.name, StartingPoint("", "")):
        raise Refused("document-exists", "Ce document existe déjà.", "Ouvrez-le dans la liste.")
    await _decisions(context).name_notice(case, id, context.user.name)
    await context.record_action("text-begun", id, text=page_state.short_digest)
    return context.redirect(f"/writing/{id}/edit")


async def answer_all(context: ConsoleContext) -> Response:
    """Give one answer to everybody who reported this and has none."""
    text = context.text("text").strip()
    case, _page_state = await load_seen_case(context, {N_("Réponse"): text})
    check_answer_text(text)
    snapshot = await workspace_of(context).load_snapshot()
    offer = await offer_answer(context, case, snapshot)
    lang, page = (offer.lang, offer.page) if offer else (snapshot.library.site.lang, "")
    count = await _decisions(context).answer(case, text, lang, page, context.user.name)
    await context.record_action("rumour-answered", case.id, count=count, text=digest(text)[:SHORT_DIGEST])
    return _redirect_back(context, case, FlashMessage.REPLIES_WAIT)


async def _load_chosen(context: ConsoleContext) -> list[RumourCase]:
    """The cases chosen in the list: each value is an id, a point, and the digest of what the list showed."""
    chosen: list[RumourCase] = []
    for value in dict.fromkeys(context.texts("case")[:MAX_CHOSEN]):
        id, _, shown = value.partition(".")
        case = await rumour_desk_of(context).get_case(id)
        page_state = case_page_state(context.language, case)
        if page_state.digest != shown:
            raise ChangedMeanwhile("", page_state.text, "/rumours")
        chosen.append(case)
    return chosen


def _decisions(context: ConsoleContext) -> CaseDecisions:
    return CaseDecisions(store_of(context), rumour_desk_of(context), clock_of(context))


def _redirect_back(context: ConsoleContext, case: RumourCase, message: FlashMessage) -> Response:
    return context.redirect(f"/rumours/{case.id}", message)
