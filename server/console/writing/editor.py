"""The editor: fields made from the tables, rows added and moved with or without script, two texts to settle when two people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.console.writing.labels import document_title, error_sentences, field_label, list_known_values, option_label
from server.console.writing.views import get_work
from server.writing.checks import FACT_KINDS, TEXT_KINDS, CheckResult, check, document_text
from server.writing.draft_records import TextVersion, WorkingDocument
from server.writing.drafts import StartingPoint, drafts_of
from server.writing.editor_fields import make_inputs
from server.writing.editor_parser import PostedForm, parse_form
from server.writing.editor_rows import edit_rows
from server.writing.preview import BODY_LIMIT
from server.writing.text_diff import side_by_side
from server.writing.translations import TRANSLATED_FIELDS, source_fields
from server.writing.workspace import Snapshot, workspace_of
from sync.errors import NotFound


@dataclass(frozen=True)
class EditorState:
    """What the editor shows. `at`: the row that was just added or moved, by its name, and what was done with it."""

    fields: Mapping[str, Any]
    starting_point: StartingPoint
    other: TextVersion | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""


async def edit(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    if context.text("row"):
        return await _edit_row(context, work, snapshot)
    if context.request.method == "POST":
        return await _save(context, work, snapshot)
    other = await _find_version(context, work, context.query("with"))
    return _render_editor(
        context,
        work,
        snapshot,
        EditorState(other.fields if other else work.fields, _current_starting_point(work), other),
    )


async def _edit_row(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> Response:
    """The form as it was sent, with a row more, fewer or elsewhere. Nothing is kept yet: what the writer began from stays."""
    fields, at = edit_rows(work.kind, read_fields(context, work, whole=True), context.text("row"))
    other = await _find_version(context, work, context.text("settles"))
    return _render_editor(
        context, work, snapshot, EditorState(fields, _posted_starting_point(context), other, focus=at)
    )


async def _save(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> Response:
    checked = check(work, read_fields(context, work), snapshot)
    source = translation_source(work, snapshot) if context.text("follows") else None
    aside = await drafts_of(context).save(
        work, checked.fields, context.user.name, _posted_starting_point(context), source
    )
    if aside:
        await context.record_action("text-aside", work.id)
        return context.redirect(
            f"/writing/{work.id}/edit?with={aside.id}", "Quelqu’un d’autre a enregistré avant vous. Rien n’est perdu."
        )
    await context.record_action("text-saved", work.id)
    if settled := context.text("settles"):
        fresh = await workspace_of(context).get_work(work.id)
        if await drafts_of(context).delete_aside(fresh, settled):
            await context.record_action("text-settled", work.id)
    if _has_errors(checked):
        after = await workspace_of(context).load_snapshot()
        kept = after.get_work(work.id)
        return _render_editor(
            context,
            kept,
            after,
            EditorState(
                checked.fields, _current_starting_point(kept), wrong=error_sentences(context.language, checked)
            ),
        )
    return context.redirect(f"/writing/{work.id}", "Le brouillon est enregistré.")


def read_fields(context: ConsoleContext, work: WorkingDocument, *, whole: bool = False) -> dict[str, Any]:
    """The document's fields as the form says them; `whole`: with its empty rows."""
    return parse_form(work.kind, PostedForm(context.text, context.texts, context.form.keys()), keep_empty_rows=whole)


def _has_errors(checked: CheckResult) -> bool:
    return checked.value is None or bool(checked.errors)


def _current_starting_point(work: WorkingDocument) -> StartingPoint:
    return StartingPoint(work.draft.rev if work.draft else "", work.approved_digest)


def _posted_starting_point(context: ConsoleContext) -> StartingPoint:
    return StartingPoint(context.text("rev"), context.text("base"))


async def _find_version(context: ConsoleContext, work: WorkingDocument, wanted: str) -> TextVersion | None:
    """A text set aside, or an older one, that the writer wants to see beside today's."""
    if not wanted:
        return None
    kept = [*work.asides, *await workspace_of(context).list_past_versions(work.id)]
    found = next((one for one in kept if one.id == wanted), None)
    if found is None:
        raise NotFound("aside-unknown", "Ce texte mis de côté n’est plus là.")
    return found


def _render_editor(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot, state: EditorState) -> Response:
    _ = context.language
    library, other = snapshot.library, state.other
    beside = (
        document_text(work, work.fields) if other else document_text(work, work.approved or {}) if work.is_stale else ""
    )
    mine = (
        document_text(work, other.fields)
        if other
        else document_text(work, work.draft.fields)
        if work.is_stale and work.draft
        else ""
    )
    original = (
        snapshot.works.get(f"{work.kind}:{work.slug}:{library.site.lang}")
        if work.lang and work.lang != library.site.lang
        else None
    )
    follows = work.source or {}
    return page.render(
        context,
        "writing/edit.html",
        document_title(_, work),
        status=422 if state.wrong else 200,
        work=work,
        shown=state,
        wrong=state.wrong,
        other=other,
        opened=_open_rows(state),
        plain=FACT_KINDS,
        form=make_inputs(work.kind, state.fields, list_known_values(snapshot, work)),
        rows=side_by_side(beside, mine) if other or work.is_stale else [],
        label=lambda name: field_label(_, name),
        option=lambda name, value: option_label(_, snapshot, work, name, value),
        limit=BODY_LIMIT,
        original=original if original and work.kind in TEXT_KINDS else None,
        live=work.kind in TEXT_KINDS,
        changed=side_by_side(_original_text(follows), _original_text((original.approved or {}) if original else {}))
        if follows
        else [],
        media=library.media.values() if work.kind in TEXT_KINDS else (),
    )


def _open_rows(state: EditorState) -> frozenset[str]:
    """The names of lists and rows that stand open: around what is wrong, and around the row just changed."""
    names = [name.split(".") for name in (*state.wrong, state.focus) if name]
    return frozenset(".".join(steps[:count]) for steps in names for count in range(1, len(steps) + 1))


def translation_source(work: WorkingDocument, snapshot: Snapshot) -> dict[str, Any] | None:
    original = snapshot.works.get(f"{work.kind}:{work.slug}:{snapshot.library.site.lang}")
    return source_fields(original.approved) if original and original.id != work.id and original.approved else None


def _original_text(fields: Mapping[str, Any]) -> str:
    return "\n\n".join(str(fields[name]) for name in TRANSLATED_FIELDS if fields.get(name))
