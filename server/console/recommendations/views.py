"""Pages of recommendations: the list with their states, and one with its forms."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.console.recommendations.page_state import (
    ApprovedRecommendation,
    get_recommendation,
    recommendation_page_state,
)
from server.web.app_state import clock_of
from server.writing.workspace import workspace_of
from sync.documents.code_labels import RECOMMENDATION_STATES


async def recommendations(context: ConsoleContext) -> Response:
    library = (await workspace_of(context).load_snapshot()).library
    own = [each for each in library.recommendations.values() if each.lang == library.site.lang]
    return page.render(
        context,
        "recommendations/list.html",
        context.language("Recommandations"),
        recommendations=sorted(own, key=lambda each: (each.order, each.title)),
        STATES=RECOMMENDATION_STATES,
        today=clock_of(context)().date().isoformat(),
    )


async def recommendation(context: ConsoleContext) -> Response:
    return render_recommendation(context, await get_recommendation(context))


def render_recommendation(
    context: ConsoleContext, recommendation: ApprovedRecommendation, wrong: Mapping[str, str] | None = None
) -> Response:
    """The page with what was typed and the sentences of what is `wrong`, by field."""
    return page.render(
        context,
        "recommendations/recommendation.html",
        recommendation.document.title,
        status=422 if wrong else 200,
        recommendation=recommendation.document,
        work=recommendation.work,
        unanswered=[(each.to, each.to) for each in recommendation.document.sent if each.answer is None],
        page_state=recommendation_page_state(context, recommendation),
        STATES=RECOMMENDATION_STATES,
        today=clock_of(context)().date().isoformat(),
        wrong=wrong or {},
    )
