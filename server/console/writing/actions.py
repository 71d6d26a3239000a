"""Changes to a document besides editing: review, withdrawal, dates. Each is written to the audit log."""

from __future__ import annotations

import datetime
from typing import Any

from starlette.responses import Response

from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.writing.views import get_work
from server.web.app_state import assets_of, clock_of
from server.writing.checks import TEXT_KINDS, check
from server.writing.draft_records import REVIEW, WorkingDocument
from server.writing.drafts import drafts_of
from server.writing.preview import render_preview
from server.writing.workspace import Snapshot, workspace_of
from sync.errors import BadRequest, NotFound, Refused


async def request_review(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    _check_draft(context, work, snapshot)
    await drafts_of(context).request_review(work, context.user.name, context.text("note").strip()[:500])
    await context.record_action("review-asked", work.id)
    return context.redirect(f"/writing/{work.id}", FlashMessage.REVIEW_REQUESTED)


async def approve_draft(context: ConsoleContext) -> Response:
    """Approve a draft in review; a translation needs the reviewer's word that they speak its language."""
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    if work.draft is None or work.draft.state != REVIEW:
        raise Refused("not-in-review", "Personne n’a demandé la relecture de ce texte.")
    fields = dict(_check_draft(context, work, snapshot))
    if _is_translation(work, snapshot):
        if not context.text("speaks"):
            raise Refused(
                "speaker-needed",
                "Seule une personne qui parle cette langue peut approuver.",
                "Revenez et cochez la case.",
            )
        fields["reviewed"] = {"by": context.user.display_name, "date": clock_of(context)().date().isoformat()}
    await drafts_of(context).approve(
        work, context.user.name, context.text("rev"), _parse_day(context.text("due")), fields=fields
    )
    await context.record_action("text-approved", work.id, writers=", ".join(work.draft.writers))
    return context.redirect(f"/writing/{work.id}", FlashMessage.TEXT_APPROVED)


async def send_back(context: ConsoleContext) -> Response:
    work = get_work(await workspace_of(context).load_snapshot(), context)
    await drafts_of(context).send_back(work, context.user.name, context.text("note").strip()[:500])
    await context.record_action("text-returned", work.id)
    return context.redirect(f"/writing/{work.id}", FlashMessage.TEXT_RETURNED)


async def discard_draft(context: ConsoleContext) -> Response:
    work = get_work(await workspace_of(context).load_snapshot(), context)
    await drafts_of(context).discard(work)
    await context.record_action("draft-dropped", work.id)
    return context.redirect("/writing" if work.main is None else f"/writing/{work.id}", FlashMessage.DRAFT_DELETED)


async def delete_aside(context: ConsoleContext) -> Response:
    work = get_work(await workspace_of(context).load_snapshot(), context)
    if await drafts_of(context).delete_aside(work, context.text("aside")) is None:
        raise NotFound("aside-unknown", "Ce texte mis de côté n’est plus là.")
    await context.record_action("text-settled", work.id)
    return context.redirect(f"/writing/{work.id}", FlashMessage.SET_ASIDE_DELETED)


async def set_due_date(context: ConsoleContext) -> Response:
    work = get_work(await workspace_of(context).load_snapshot(), context)
    due = _parse_day(context.text("due"))
    await drafts_of(context).set_due_date(work, due)
    await context.record_action("due-set", work.id, due=due)
    return context.redirect(f"/writing/{work.id}", FlashMessage.DATE_SAVED)


async def withdraw_document(context: ConsoleContext) -> Response:
    work = get_work(await workspace_of(context).load_snapshot(), context)
    if work.kind == "site":
        raise Refused("site-needed", "Les réglages du site ne se retirent pas.")
    await drafts_of(context).withdraw(work)
    await context.record_action("text-withdrawn", work.id)
    return context.redirect(f"/writing/{work.id}", FlashMessage.DOCUMENT_WITHDRAWN)


async def restore_document(context: ConsoleContext) -> Response:
    work = get_work(await workspace_of(context).load_snapshot(), context)
    await drafts_of(context).restore(work)
    await context.record_action("text-back", work.id)
    return context.redirect(f"/writing/{work.id}", FlashMessage.DOCUMENT_RESTORED)


def _check_draft(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> Any:
    """The draft's checked fields as JSON. Raises NotFound without a draft, Refused if it cannot be published."""
    if work.draft is None:
        raise NotFound("draft-unknown", "Ce document n’a pas de brouillon.")
    result = check(work, work.draft.fields, snapshot)
    if result.errors or result.value is None:
        raise Refused("text-unsound", "Ce texte a encore des erreurs.", "Ouvrez-le : elles y sont montrées.")
    # Raises for a page over the size limit, which would otherwise be refused on publishing only.
    render_preview(snapshot.library, assets_of(context), work.kind, result.value)
    return result.fields


def _is_translation(work: WorkingDocument, snapshot: Snapshot) -> bool:
    return work.kind in TEXT_KINDS and work.lang != snapshot.library.site.lang


def _parse_day(text: str) -> str:
    """An ISO date, or "". Raises BadRequest."""
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise BadRequest("date-form", "Cette date n’existe pas.") from None
