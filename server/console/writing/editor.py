"""The editor of documents: inputs made from the schemas, rows added and moved with or without script.

When two people saved in parallel, it shows both texts and saves the one that resolves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from server.console import page
from server.console.components.document_title import document_title
from server.console.components.draft_check import check_and_request_review, error_sentences, field_label
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.writing.labels import list_known_values, option_label
from server.console.writing.page_state import get_work
from server.writing.checks import FACT_KINDS, TEXT_KINDS, CheckResult, check, document_text
from server.writing.draft_records import TextVersion, WorkingDocument
from server.writing.drafts import StartingPoint, drafts_of
from server.writing.editor_fields import make_inputs
from server.writing.editor_parser import PostedForm, parse_form
from server.writing.editor_rows import edit_rows
from server.writing.preview import BODY_LIMIT
from server.writing.remarks import remarks_of
from server.writing.text_diff import DiffRow, side_by_side
from server.writing.translations import TRANSLATED_FIELDS, source_fields
from server.writing.workspace import Snapshot, workspace_of
from sync.errors import NotFound


@dataclass(frozen=True)
class EditorState:
    """The editor's content. `other`: the text to compare with. `focus`: name of the row or list that just changed."""

    fields: Mapping[str, Any]
    starting_point: StartingPoint
    other: TextVersion | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""


async def edit(context: ConsoleContext) -> Response:
    """The editor; a POST saves the draft, or with `row` changes one row without saving."""
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    if context.text("row"):
        return await _edit_row(context, work, snapshot)
    if context.request.method == "POST":
        return await _save(context, work, snapshot)
    other = await _find_version(context, work, context.query("with"))
    return await _render_editor(
        context,
        work,
        snapshot,
        EditorState(other.fields if other else work.fields, _current_starting_point(work), other),
    )


async def _edit_row(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> Response:
    """Show the posted form with a row added, removed or moved. Saves nothing: the starting point stays."""
    fields, focus = edit_rows(work.kind, read_fields(context, work, keep_empty_rows=True), context.text("row"))
    other = await _find_version(context, work, context.text("settles"))
    return await _render_editor(
        context, work, snapshot, EditorState(fields, _posted_starting_point(context), other, focus=focus)
    )


async def _save(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> Response:
    result = check(work, read_fields(context, work), snapshot)
    source = translation_source(work, snapshot) if context.text("follows") else None
    aside = await drafts_of(context).save(
        work, result.fields, context.user.name, _posted_starting_point(context), source
    )
    if aside:
        await context.record_action("text-aside", work.id)
        return context.redirect(f"/writing/{work.id}/edit?with={aside.id}", FlashMessage.SET_ASIDE)
    await context.record_action("text-saved", work.id)
    if aside_id := context.text("settles"):
        current_work = await workspace_of(context).get_work(work.id)
        if await drafts_of(context).delete_aside(current_work, aside_id):
            await context.record_action("text-settled", work.id)
    if _has_errors(result):
        snapshot = await workspace_of(context).load_snapshot()
        work = snapshot.get_work(work.id)
        wrong = error_sentences(context.language, result)
        state = EditorState(result.fields, _current_starting_point(work), wrong=wrong)
        return await _render_editor(context, work, snapshot, state)
    if context.text("ask"):
        snapshot = await workspace_of(context).load_snapshot()
        await check_and_request_review(context, snapshot.get_work(work.id), snapshot)
        return context.redirect(f"/writing/{work.id}", FlashMessage.REVIEW_REQUESTED)
    return context.redirect(f"/writing/{work.id}", FlashMessage.DRAFT_SAVED)


def read_fields(context: ConsoleContext, work: WorkingDocument, *, keep_empty_rows: bool = False) -> dict[str, Any]:
    """The document's fields in the posted form."""
    form = PostedForm(context.text, context.texts, context.form.keys())
    return parse_form(work.kind, form, keep_empty_rows=keep_empty_rows)


def _has_errors(result: CheckResult) -> bool:
    return result.value is None or bool(result.errors)


def _current_starting_point(work: WorkingDocument) -> StartingPoint:
    return StartingPoint(work.draft.rev if work.draft else "", work.approved_digest)


def _posted_starting_point(context: ConsoleContext) -> StartingPoint:
    return StartingPoint(context.text("rev"), context.text("base"))


async def _find_version(context: ConsoleContext, work: WorkingDocument, id: str) -> TextVersion | None:
    """A text set aside or a past version, to compare with today's; None without an id. Raises NotFound."""
    if not id:
        return None
    versions = [*work.asides, *await workspace_of(context).list_past_versions(work.id)]
    version = next((version for version in versions if version.id == id), None)
    if version is None:
        raise NotFound("aside-unknown", "Ce texte mis de côté n’est plus là.", "Rechargez la page.")
    return version


async def _render_editor(
    context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot, state: EditorState
) -> Response:
    _ = context.language
    library, other = snapshot.library, state.other
    diff_rows: list[DiffRow] = []
    if other:
        diff_rows = side_by_side(document_text(work, work.fields), document_text(work, other.fields))
    elif work.is_stale:
        draft_text = document_text(work, work.draft.fields) if work.draft else ""
        diff_rows = side_by_side(document_text(work, work.approved or {}), draft_text)
    original = (
        snapshot.works.get(f"{work.kind}:{work.slug}:{library.site.lang}")
        if work.lang and work.lang != library.site.lang
        else None
    )
    source = work.source or {}
    source_rows: list[DiffRow] = []
    if source:
        original_fields = (original.approved or {}) if original else {}
        source_rows = side_by_side(_original_text(source), _original_text(original_fields))
    return page.render(
        context,
        "writing/edit.html",
        document_title(_, work),
        status=422 if state.wrong else 200,
        work=work,
        editor=state,
        wrong=state.wrong,
        other=other,
        open_rows=_open_rows(state),
        fact_kinds=FACT_KINDS,
        form=make_inputs(work.kind, state.fields, list_known_values(snapshot, work)),
        diff_rows=diff_rows,
        label=lambda name: field_label(_, name),
        option=lambda name, value: option_label(_, snapshot, work, name, value),
        limit=BODY_LIMIT,
        original=original if original and work.kind in TEXT_KINDS else None,
        is_text=work.kind in TEXT_KINDS,
        source_rows=source_rows,
        remarks=await remarks_of(context).list(work.id) if work.draft else [],
        media=library.media.values() if work.kind in TEXT_KINDS else (),
    )


def _open_rows(state: EditorState) -> frozenset[str]:
    """Names of the lists and rows to open: those around errors and around the row just changed."""
    names = [name.split(".") for name in (*state.wrong, state.focus) if name]
    return frozenset(".".join(steps[:count]) for steps in names for count in range(1, len(steps) + 1))


def translation_source(work: WorkingDocument, snapshot: Snapshot) -> dict[str, Any] | None:
    """The original's fields that a translation follows; None for an original, or one not approved yet."""
    original = snapshot.works.get(f"{work.kind}:{work.slug}:{snapshot.library.site.lang}")
    return source_fields(original.approved) if original and original.id != work.id and original.approved else None


def _original_text(fields: Mapping[str, Any]) -> str:
    return "\n\n".join(str(fields[name]) for name in TRANSLATED_FIELDS if fields.get(name))
