"""Changes to a document besides editing: review, withdrawal, dates. Each is written to the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from server.console.components.decision import FIELD, PageState, require_seen
from server.console.components.draft_check import check_draft, is_translation
from server.console.components.progress_page import redirect_to_progress
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.writing.page_state import (
    asides_page_state,
    draft_page_state,
    get_work,
    get_work_as_seen,
    get_work_with_seen_draft,
)
from server.console.writing.review import fields_to_approve, preview_publication
from server.publishing.publication_log import PublicationNote
from server.publishing.publication_progress import PublicationRun, publication_runs_of
from server.publishing.publisher import publisher_of
from server.rumours.service import rumour_desk_of
from server.web.app_state import clock_of, store_of
from server.web.request_text import parse_day
from server.writing.dependants import list_dependants, list_replacements, needs_second_person
from server.writing.draft_records import REVIEW, WorkingDocument
from server.writing.drafts import drafts_of
from server.writing.remarks import remarks_of
from server.writing.translations import shown_translations
from server.writing.undo import undo_of
from server.writing.workspace import Snapshot, workspace_of
from sync.editions.publishing import PublicationPlan
from sync.errors import KunnafoniError, NotFound, Refused
from sync.locale import N_
from sync.store.contract import Collection, Record


async def request_review(context: ConsoleContext) -> Response:
    note = context.text("note").strip()[:500]
    work, snapshot, page_state = await get_work_with_seen_draft(context, {N_("Un mot pour la relecture"): note})
    check_draft(context, work, snapshot)
    await drafts_of(context).request_review(work, context.user.name, note)
    await remarks_of(context).add(work.id, "", context.user.name, note)
    await context.record_action("review-asked", work.id, text=page_state.short_digest)
    return context.redirect(f"/writing/{work.id}", FlashMessage.REVIEW_REQUESTED)


async def approve_draft(context: ConsoleContext) -> Response:
    """Approve a draft in review; a translation needs the reviewer's word that they speak its language."""
    work, snapshot, page_state = await get_work_with_seen_draft(context)
    taken_off = shown_translations(work, snapshot) if context.text("take-off") else []
    await _approve(context, work, snapshot, page_state)
    try:
        await _take_off(context, taken_off, page_state)
    except KunnafoniError as error:
        raise _approved_only(context, error, ()) from error
    return context.redirect(f"/writing/{work.id}", FlashMessage.TEXT_APPROVED)


async def approve_and_publish(context: ConsoleContext) -> Response:
    """Approve a draft and publish the very plans whose cost the page showed; other people's texts are among them."""
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    publication = await preview_publication(context, work, snapshot)
    page_state = publication.page_state if publication else draft_page_state(context, work)
    require_seen(context, page_state, f"/writing/{work.id}")
    if publication is None:
        raise Refused("not-in-review", "Personne n’a demandé la relecture de ce texte.", "Rechargez la page.")
    taken_off = shown_translations(work, snapshot) if context.text("take-off") else []
    expected = await preview_publication(context, work, snapshot, taken_off) if taken_off else publication
    keys = publisher_of(context).require_keys()
    await _approve(context, work, snapshot, page_state)
    seen = {each.plan.channel: each.plan.manifest for each in (expected or publication).all}

    def check(current: Sequence[PublicationPlan]) -> None:
        """Stop for what was saved between the look at the page and the signature."""
        if any(plan.manifest != seen.get(plan.channel) for plan in current):
            raise Refused("publication-other", "Autre chose vient de changer.", "Rechargez la page.")

    async def publish(run: PublicationRun) -> None:
        progress, planning = run.note_published, run.note_planning
        try:
            await _take_off(context, taken_off, page_state)
            note = PublicationNote(context.user.name, work.title, page_state.short_digest)
            await publisher_of(context).publish(keys, note=note, check=check, progress=progress, planning=planning)
        except KunnafoniError as error:
            raise _approved_only(context, error, run.published) from error

    next_page = f"/writing/{work.id}"
    if work.kind == "notice" and (case := await rumour_desk_of(context).find_case_of_notice(work.id)) and case.waiting:
        next_page = f"/rumours/{case.id}"  # those who asked wait for the answer
    run = await publication_runs_of(context).start(list(seen), next_page, publish)
    return redirect_to_progress(context, run)


async def _approve(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot, page_state: PageState) -> None:
    if work.draft is None or work.draft.state != REVIEW:
        raise Refused("not-in-review", "Personne n’a demandé la relecture de ce texte.", "Rechargez la page.")
    fields = fields_to_approve(context, work, snapshot)
    if is_translation(work, snapshot) and not context.text("speaks"):
        raise Refused(
            "speaker-needed",
            "Seule une personne qui parle cette langue peut approuver.",
            "Revenez et cochez la case.",
        )
    today = clock_of(context)().date().isoformat()
    planned = work.due if work.due > today else ""  # a day that is over has been seen to
    due = context.text("due") if "due" in context.form else planned
    due = due and parse_day(due).isoformat()
    is_alone = snapshot.library.site.one_person
    await drafts_of(context).approve(work, context.user.name, work.draft.rev, due, fields=fields, is_alone=is_alone)
    await context.record_action(
        "text-approved", work.id, writers=", ".join(work.draft.writers), text=page_state.short_digest
    )


async def _take_off(context: ConsoleContext, translations: Sequence[WorkingDocument], page_state: PageState) -> None:
    """Take translations of the approved text off. Raises Conflict for one that somebody changes just now."""
    for translation in translations:
        await drafts_of(context).take_off(translation)
        await context.record_action("translation-taken-off", translation.id, text=page_state.short_digest)


def _approved_only(context: ConsoleContext, error: KunnafoniError, published: Sequence[str]) -> Refused:
    """The error for a step that stopped after the approval: it names what was done, and the reason."""
    reason = error.text(context.language)
    channels = ", ".join(published)
    if not channels:
        return Refused(
            "approved-only",
            "Le texte est approuvé, et rien de plus : {reason}",
            "Regardez ce qui va partir, puis publiez.",
            reason=reason,
        )
    return Refused(
        "published-partly",
        "Le texte est approuvé, mais publié pour ces langues et pays seulement : {channels}. {reason}",
        "Regardez ce qui manque, puis publiez.",
        channels=channels,
        reason=reason,
    )


async def send_back(context: ConsoleContext) -> Response:
    note = context.text("note").strip()[:500]
    work, _snapshot, _state = await get_work_with_seen_draft(context, {N_("Ce qu’il faut corriger"): note})
    before = await _stored(context, f"draft:{work.id}")
    await drafts_of(context).send_back(work, context.user.name, note)
    undo = await _note_for_undo(context, before)
    await remarks_of(context).add(work.id, "", context.user.name, note)
    await context.record_action("text-returned", work.id)
    return context.redirect(f"/writing/{work.id}", FlashMessage.TEXT_RETURNED, undo=undo)


async def discard_draft(context: ConsoleContext) -> Response:
    work, _snapshot, page_state = await get_work_with_seen_draft(context)
    before = await _stored(context, f"draft:{work.id}")
    await drafts_of(context).discard(work)
    undo = await _note_for_undo(context, before)
    await context.record_action("draft-dropped", work.id, text=page_state.short_digest)
    path = "/writing" if work.main is None else f"/writing/{work.id}"
    return context.redirect(path, FlashMessage.DRAFT_DELETED, undo=undo)


async def delete_aside(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    require_seen(context, asides_page_state(context, work, snapshot), f"/writing/{work.id}")
    if await drafts_of(context).delete_aside(work, context.text("aside")) is None:
        raise NotFound("aside-unknown", "Ce texte mis de côté n’est plus là.", "Rechargez la page.")
    await context.record_action("text-settled", work.id)
    return context.redirect(f"/writing/{work.id}", FlashMessage.SET_ASIDE_DELETED)


async def set_due_date(context: ConsoleContext) -> Response:
    work, _state = await get_work_as_seen(context)
    due = context.text("due") and parse_day(context.text("due")).isoformat()
    await drafts_of(context).set_due_date(work, due)
    await context.record_action("due-set", work.id, due=due)
    return context.redirect(f"/writing/{work.id}", FlashMessage.DATE_SAVED)


async def withdraw_document(context: ConsoleContext) -> Response:
    work, page_state = await get_work_as_seen(context)
    if work.kind == "site":
        raise Refused("site-needed", "Les réglages du site ne se retirent pas.", "Changez-les dans leur page.")
    snapshot = await workspace_of(context).load_snapshot()
    if needs_second_person(work, list_dependants(work, snapshot), snapshot.library.site):
        if work.withdrawal_by == context.user.name:
            raise Refused("own-withdrawal", "Vous avez demandé ce retrait.", "Une autre personne doit le faire.")
        if not work.withdrawal_by:
            await drafts_of(context).request_withdrawal(work, context.user.name)
            await context.record_action("withdrawal-asked", work.id, text=page_state.short_digest)
            return context.redirect(f"/writing/{work.id}", FlashMessage.WITHDRAWAL_WAITS)
    replaced_by = context.text("replaced")
    if replaced_by and replaced_by not in [other.id for other in list_replacements(work, snapshot)]:
        raise NotFound("document-unknown", "Ce document n’existe pas.", "Revenez à la liste.")
    await drafts_of(context).withdraw(work, replaced_by)
    undo = await _note_for_undo(context, work.main)
    await context.record_action("text-withdrawn", work.id, text=page_state.short_digest)
    return context.redirect(f"/writing/{work.id}", FlashMessage.DOCUMENT_WITHDRAWN, undo=undo)


async def keep_document(context: ConsoleContext) -> Response:
    work, page_state = await get_work_as_seen(context)
    await drafts_of(context).keep(work)
    await context.record_action("withdrawal-refused", work.id, text=page_state.short_digest)
    return context.redirect(f"/writing/{work.id}", FlashMessage.DOCUMENT_KEPT)


async def restore_document(context: ConsoleContext) -> Response:
    work, page_state = await get_work_as_seen(context)
    await drafts_of(context).restore(work)
    await context.record_action("text-back", work.id, text=page_state.short_digest)
    return context.redirect(f"/writing/{work.id}", FlashMessage.DOCUMENT_RESTORED)


async def undo_last(context: ConsoleContext) -> Response:
    """Put back the text that the person has just sent back, discarded or withdrawn, as the button's page said."""
    id = (await undo_of(context).undo(context.user.name, context.text(FIELD))).removeprefix("draft:")
    await context.record_action("undone", id)
    return context.redirect(f"/writing/{id}", FlashMessage.UNDONE)


async def _stored(context: ConsoleContext, id: str) -> Record | None:
    return await store_of(context).get(Collection.CONTENT, id)


async def _note_for_undo(context: ConsoleContext, before: Record | None) -> str:
    """The token by which the next page undoes the deed; "" if nothing was there before."""
    return await undo_of(context).note(context.user.name, before) if before else ""
