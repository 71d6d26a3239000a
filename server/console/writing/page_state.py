"""The document that an address names, and the state of its page: draft, approved text, texts set aside."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.components.labels import STATES
from server.console.components.local_time import time_words
from server.console.context import ConsoleContext
from server.writing.checks import EDITABLE_KINDS, document_text
from server.writing.draft_records import WorkingDocument
from server.writing.workspace import Snapshot, workspace_of
from sync.errors import NotFound


def draft_page_state(context: ConsoleContext, work: WorkingDocument) -> PageState:
    """The draft with its review, and the approved text that it is compared with."""
    _, draft = context.language, work.draft
    if draft is None:
        return make_page_state([work.id, "", work.approved_digest], [], _("Il n’y a plus de brouillon."))
    lines = [
        (_("État"), _(STATES[draft.state])),
        (_("Écrit par"), ", ".join(draft.writers)),
        (_("Remarque"), draft.note or "—"),
        (_("Texte approuvé"), work.approved_digest[:8] or "—"),
    ]
    return make_page_state([work.id, draft.rev, work.approved_digest], lines, document_text(work, draft.fields))


def approved_page_state(context: ConsoleContext, work: WorkingDocument) -> PageState:
    """The approved text, the day of its next review, and if it is withdrawn."""
    _ = context.language
    lines = [
        (_("État"), _(STATES["withdrawn" if work.is_withdrawn else "approved"])),
        (_("À relire avant le"), _.date(work.due) if work.due else "—"),
        *([(_("Retrait demandé par"), work.withdrawal_by)] if work.withdrawal_by else []),
    ]
    text = document_text(work, work.approved or {})
    return make_page_state([work.id, work.main.rev if work.main else ""], lines, text)


def asides_page_state(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> PageState:
    """The texts set aside, and the text that they are compared with."""
    sides = [
        f"{side.by}, {time_words(context.language, side.when, snapshot.library)}\n{document_text(work, side.fields)}"
        for side in work.asides
    ]
    text = "\n\n".join([*sides, document_text(work, work.fields)])
    ids = [side.id for side in work.asides]
    return make_page_state([work.id, work.draft.rev if work.draft else "", work.approved_digest, ids], [], text)


def get_work(snapshot: Snapshot, context: ConsoleContext) -> WorkingDocument:
    """The working document that the address names. Raises NotFound."""
    work = snapshot.get_work(context.param("id"))
    if work.kind not in EDITABLE_KINDS:
        raise NotFound("document-unknown", "Ce document n’existe pas.", "Revenez à la liste.")
    return work


async def get_work_with_seen_draft(
    context: ConsoleContext, typed: Mapping[str, str] | None = None
) -> tuple[WorkingDocument, Snapshot, PageState]:
    """The document whose draft the form's page showed. Raises NotFound, ChangedMeanwhile."""
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    page_state = draft_page_state(context, work)
    require_seen(context, page_state, f"/writing/{work.id}", typed)
    return work, snapshot, page_state


async def get_work_as_seen(context: ConsoleContext) -> tuple[WorkingDocument, PageState]:
    """The document whose approved text the form's page showed. Raises NotFound, ChangedMeanwhile."""
    work = get_work(await workspace_of(context).load_snapshot(), context)
    page_state = approved_page_state(context, work)
    require_seen(context, page_state, f"/writing/{work.id}")
    return work, page_state
