"""A draft as its reviewer reads it: words changed since then, remarks, and the cost of publishing it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.responses import Response

from server.accounts.account import PUBLISHERS
from server.console.components.decision import PageState, make_page_state
from server.console.components.draft_check import check_draft, is_translation
from server.console.components.planned_changes import plans_page_state
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.writing.page_state import draft_page_state, get_work
from server.publishing.publisher import Publication, publisher_of
from server.web.app_state import clock_of
from server.writing.checks import document_text, with_document
from server.writing.draft_records import REVIEW, TextVersion, WorkingDocument
from server.writing.paragraph_review import ReviewParagraph, last_read_by, other_remarks, review_paragraphs
from server.writing.remarks import MAX_LENGTH, Remark, remarks_of
from server.writing.workspace import Snapshot, workspace_of
from sync.alerts.library_with_alerts import Library
from sync.canonical import digest
from sync.content.schemas import from_fields
from sync.errors import BadContent, Refused

ANSWER, PARAGRAPH = "answer:", "paragraph:"  # what a posted remark is about


@dataclass(frozen=True, slots=True)
class DraftReview:
    """`compared`: the text that the reader saw last, None for a new one. `others`: remarks on no paragraph of today."""

    paragraphs: tuple[ReviewParagraph, ...]
    others: tuple[Remark, ...]
    compared: TextVersion | None

    @property
    def remarks(self) -> list[Remark]:
        return sorted(
            (*self.others, *(remark for paragraph in self.paragraphs for remark in paragraph.remarks)),
            key=lambda remark: remark.when,
        )


@dataclass(frozen=True, slots=True)
class DraftPublication:
    """The plans of channels that would change if the draft were approved and published now."""

    changed: tuple[Publication, ...]
    all: tuple[Publication, ...]
    page_state: PageState


async def load_review(context: ConsoleContext, work: WorkingDocument) -> DraftReview:
    workspace = workspace_of(context)
    earlier = [*await workspace.list_past_versions(work.id), *await workspace.list_returned_versions(work.id)]
    compared = last_read_by(work, earlier, context.user.name)
    text = document_text(work, work.fields)
    remarks = await remarks_of(context).list(work.id)
    paragraphs = review_paragraphs(document_text(work, compared.fields) if compared else text, text, remarks)
    return DraftReview(tuple(paragraphs), tuple(other_remarks(paragraphs, remarks)), compared)


async def preview_publication(
    context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot, taken_off: Sequence[WorkingDocument] = ()
) -> DraftPublication | None:
    """The result of approving and publishing; None for whoever may not, and for a draft that cannot be approved.

    `taken_off`: translations that would lose their review with it.
    """
    publisher = publisher_of(context)
    is_possible = work.draft and work.draft.state == REVIEW and not work.is_stale
    if context.user.role not in PUBLISHERS or publisher.keys is None or not is_possible:
        return None
    try:
        value = from_fields(work.kind, fields_to_approve(context, work, snapshot), work.id)
        publications = await publisher.preview(partial(_with_draft, work.kind, value, taken_off))
    except (Refused, BadContent):
        return None
    draft, plans = draft_page_state(context, work), plans_page_state(context.language, publications)
    page_state = make_page_state([draft.digest, plans.digest], [], f"{draft.text}\n\n{plans.text}")
    changed = tuple(each for each in publications if not each.plan.is_unchanged)
    return DraftPublication(changed, tuple(publications), page_state)


def _with_draft(kind: str, value: Any, taken_off: Sequence[WorkingDocument], library: Library) -> Library:
    """The library with the draft's text, and with these translations as `Drafts.take_off` leaves them."""
    for translation in taken_off:
        fields = {name: field for name, field in (translation.approved or {}).items() if name != "reviewed"}
        library = with_document(library, translation.kind, from_fields(translation.kind, fields, translation.id))
    return with_document(library, kind, value)


def fields_to_approve(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> dict[str, Any]:
    """The fields that the approved text will have: a translation's name its reviewer and the day.

    Raises as `check_draft`.
    """
    fields = dict(check_draft(context, work, snapshot))
    if is_translation(work, snapshot):
        fields["reviewed"] = {"by": context.user.display_name, "date": clock_of(context)().date().isoformat()}
    return fields


def paragraph_code(text: str) -> str:
    """The name of a paragraph in a form."""
    return PARAGRAPH + digest(text)[:12]


async def add_remark(context: ConsoleContext) -> Response:
    """Keep a remark on the text or a paragraph, or the answer to one; it is lost in no case that stores anything.

    If its paragraph has changed meanwhile, it is a remark on the whole text.
    """
    work = get_work(await workspace_of(context).load_snapshot(), context)
    text, about = context.text("remark").strip()[:MAX_LENGTH], context.text("about")
    if not text:
        raise Refused("remark-empty", "La remarque est vide.", "Revenez, et écrivez-la.")
    if about.startswith(ANSWER):
        await remarks_of(context).answer(work.id, about.removeprefix(ANSWER), context.user.name, text)
    else:
        review = await load_review(context, work)
        paragraph = next((each.text for each in review.paragraphs if paragraph_code(each.text) == about), "")
        await remarks_of(context).add(work.id, paragraph, context.user.name, text)
    await context.record_action("text-remarked", work.id)
    return context.redirect(f"/writing/{work.id}#remarks", FlashMessage.REMARK_ADDED)
