"""The recommendation of a request, and the state of its page that decisions are bound to."""

from __future__ import annotations

from dataclasses import dataclass

from server.console.components.decision import PageState, make_page_state
from server.console.context import ConsoleContext
from server.writing.draft_records import WorkingDocument
from server.writing.workspace import workspace_of
from sync.content.layout import document_id
from sync.documents.code_labels import RECOMMENDATION_STATES
from sync.documents.recommendation import Recommendation
from sync.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class ApprovedRecommendation:
    """An approved recommendation in the site's language, with the document that it is."""

    document: Recommendation
    work: WorkingDocument

    @property
    def address(self) -> str:
        return f"/recommendations/{self.document.slug}"


async def get_recommendation(context: ConsoleContext) -> ApprovedRecommendation:
    """The recommendation that the address names. Raises NotFound."""
    snapshot = await workspace_of(context).load_snapshot()
    lang = snapshot.library.site.lang
    document = snapshot.library.recommendations.get((context.param("slug"), lang))
    if document is None:
        raise NotFound("document-unknown", "Ce document n’existe pas.", "Revenez à la liste.")
    return ApprovedRecommendation(document, snapshot.get_work(document_id("recommendation", document, lang)))


def require_no_draft(recommendation: ApprovedRecommendation) -> None:
    """Raises Refused while somebody writes in the text, whose draft would not have what is noted."""
    if recommendation.work.draft:
        raise Refused(
            "recommendation-open",
            "Quelqu’un change le texte de cette recommandation.",
            "Approuvez ou effacez d’abord le brouillon.",
        )


def recommendation_page_state(context: ConsoleContext, recommendation: ApprovedRecommendation) -> PageState:
    """Return the request of a recommendation, the offices that decide, and their answers."""
    _ = context.language
    document = recommendation.document
    lines: list[tuple[str, object]] = [
        (_("Titre"), document.title),
        (_("Qui décide"), document.asked_of),
        (_("État"), _(RECOMMENDATION_STATES[document.state])),
    ]
    for sending in document.sent:
        lines.append((_.date(sending.day), sending.to))
        if sending.answer:
            lines.append((_.date(sending.answer.day), sending.answer.words))
    return make_page_state(recommendation.work.approved_digest, lines)
