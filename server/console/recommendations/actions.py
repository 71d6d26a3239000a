"""Actions that note a sending or an answer; each is bound to what was seen, and stands in the journal."""

from __future__ import annotations

from starlette.responses import Response

from server.console.components.decision import require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.recommendations.page_state import (
    ApprovedRecommendation,
    get_recommendation,
    recommendation_page_state,
    require_no_draft,
)
from server.console.recommendations.views import render_recommendation
from server.web.app_state import clock_of
from server.web.request_text import parse_day
from server.writing.drafts import drafts_of
from server.writing.recommendation_answers import with_answer, with_sending
from sync.content.schemas import from_fields, to_fields
from sync.documents.recommendation import DecisionAnswer, Recommendation
from sync.documents.sources import Reading, Source
from sync.errors import BadContent, BadRequest, Refused


async def note_sent(context: ConsoleContext) -> Response:
    """Note to which office it went on which day."""
    recommendation = await _get_as_seen(context)
    try:
        day = _past_day(context, "sent-day")
        changed = with_sending(recommendation.document, _line(context, "to"), day)
        return await _keep(context, recommendation, changed, "recommendation-sent")
    except (BadContent, BadRequest, Refused) as error:
        return render_recommendation(context, recommendation, {"to": error.text(context.language)})


async def note_answer(context: ConsoleContext) -> Response:
    """Note what an office answered, with the page that shows it or the day of its letter."""
    recommendation = await _get_as_seen(context)
    try:
        office = _line(context, "office")
        letter = _past_day(context, "letter") if context.text("letter") else ""
        answer = DecisionAnswer(
            _past_day(context, "answer-day"), _line(context, "words"), _read_source(context, office), letter
        )
        changed = with_answer(recommendation.document, office, answer)
        return await _keep(context, recommendation, changed, "recommendation-answered")
    except (BadContent, BadRequest, Refused) as error:
        return render_recommendation(context, recommendation, {"words": error.text(context.language)})


async def _get_as_seen(context: ConsoleContext) -> ApprovedRecommendation:
    recommendation = await get_recommendation(context)
    typed = {context.language("Ce qui a été répondu"): context.text("words")} if context.text("words") else None
    require_seen(context, recommendation_page_state(context, recommendation), recommendation.address, typed)
    return recommendation


async def _keep(
    context: ConsoleContext, recommendation: ApprovedRecommendation, changed: Recommendation, deed: str
) -> Response:
    """Make it the approved text. Raises Refused while somebody writes in it, BadContent for what no reader can take."""
    require_no_draft(recommendation)
    fields = to_fields("recommendation", changed)
    from_fields("recommendation", fields, recommendation.work.id)
    page_state = recommendation_page_state(context, recommendation)
    await drafts_of(context).replace_approved(recommendation.work, fields, context.user.name)
    await context.record_action(deed, recommendation.work.id, text=page_state.short_digest)
    return context.redirect(recommendation.address, FlashMessage.RECOMMENDATION_NOTED)


def _line(context: ConsoleContext, name: str) -> str:
    return " ".join(context.text(name).split())


def _past_day(context: ConsoleContext, name: str) -> str:
    """The posted day. Raises BadRequest for one ahead, or none."""
    day = parse_day(context.text(name))
    if day > clock_of(context)().date():
        raise BadRequest("day-ahead", "Ce jour n’est pas encore là.", "Donnez aujourd’hui, ou un jour d’avant.")
    return day.isoformat()


def _read_source(context: ConsoleContext, office: str) -> Source | None:
    """The page that shows the answer, read today; None without an address."""
    address = context.text("url").strip()
    if not address:
        return None
    title = context.language("Réponse de : {office}", office=office)
    read = Reading("live", clock_of(context)().date().isoformat())
    return Source(title, _line(context, "publisher"), seen=read, url=address)
