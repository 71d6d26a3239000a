"""The editor: fields made from the tables, rows added and moved with or without script, two texts to settle when two people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from server.console import page
from server.console.context import Visit
from server.console.writing.labels import known, label, mistakes, option, title_of
from server.console.writing.views import work_of
from server.writing.checks import FACT_KINDS, TEXT_KINDS, CheckResult, check, document_text
from server.writing.drafts import StartingPoint, drafts_of
from server.writing.form_fields import make_inputs
from server.writing.form_parser import PostedForm, parse_form
from server.writing.form_rows import edit_rows
from server.writing.preview import BODY_LIMIT
from server.writing.records import TextVersion, WorkingDocument
from server.writing.text_diff import side_by_side
from server.writing.translations import TRANSLATED_FIELDS, source_fields
from server.writing.workspace import Snapshot, workspace_of
from sync.errors import NotFound


@dataclass(frozen=True)
class Shown:
    """What the editor shows. `at`: the row that was just added or moved, by its name, and what was done with it."""

    fields: Mapping[str, Any]
    started: StartingPoint
    other: TextVersion | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    at: str = ""


async def edit(visit: Visit) -> Response:
    snapshot = await workspace_of(visit).now()
    work = work_of(snapshot, visit)
    if visit.text("row"):
        return await _with_row(visit, work, snapshot)
    if visit.request.method == "POST":
        return await _save(visit, work, snapshot)
    other = await _other(visit, work, visit.query("with"))
    return _editor(visit, work, snapshot, Shown(other.fields if other else work.fields, _start(work), other))


async def _with_row(visit: Visit, work: WorkingDocument, snapshot: Snapshot) -> Response:
    """The form as it was sent, with a row more, fewer or elsewhere. Nothing is kept yet: what the writer began from stays."""
    fields, at = edit_rows(work.kind, posted(visit, work, whole=True), visit.text("row"))
    other = await _other(visit, work, visit.text("settles"))
    return _editor(visit, work, snapshot, Shown(fields, _started(visit), other, at=at))


async def _save(visit: Visit, work: WorkingDocument, snapshot: Snapshot) -> Response:
    checked = check(work, posted(visit, work), snapshot)
    source = source_of(work, snapshot) if visit.text("follows") else None
    aside = await drafts_of(visit).save(work, checked.fields, visit.who.name, _started(visit), source)
    if aside:
        await visit.note("text-aside", work.id)
        return visit.redirect(
            f"/writing/{work.id}/edit?with={aside.id}", "Quelqu’un d’autre a enregistré avant vous. Rien n’est perdu."
        )
    await visit.note("text-saved", work.id)
    if settled := visit.text("settles"):
        fresh = await workspace_of(visit).work(work.id)
        if await drafts_of(visit).delete_aside(fresh, settled):
            await visit.note("text-settled", work.id)
    if _unsound(checked):
        after = await workspace_of(visit).now()
        kept = after.get_work(work.id)
        return _editor(visit, kept, after, Shown(checked.fields, _start(kept), wrong=mistakes(visit.language, checked)))
    return visit.redirect(f"/writing/{work.id}", "Le brouillon est enregistré.")


def posted(visit: Visit, work: WorkingDocument, *, whole: bool = False) -> dict[str, Any]:
    """The document's fields as the form says them; `whole`: with its empty rows."""
    return parse_form(work.kind, PostedForm(visit.text, visit.texts, visit.form.keys()), keep_empty_rows=whole)


def _unsound(checked: CheckResult) -> bool:
    return checked.value is None or bool(checked.found)


def _start(work: WorkingDocument) -> StartingPoint:
    return StartingPoint(work.draft.rev if work.draft else "", work.mark)


def _started(visit: Visit) -> StartingPoint:
    return StartingPoint(visit.text("rev"), visit.text("base"))


async def _other(visit: Visit, work: WorkingDocument, wanted: str) -> TextVersion | None:
    """A text set aside, or an older one, that the writer wants to see beside today's."""
    if not wanted:
        return None
    kept = [*work.asides, *await workspace_of(visit).past(work.id)]
    found = next((one for one in kept if one.id == wanted), None)
    if found is None:
        raise NotFound("aside-unknown", "Ce texte mis de côté n’est plus là.")
    return found


def _editor(visit: Visit, work: WorkingDocument, snapshot: Snapshot, shown: Shown) -> Response:
    _ = visit.language
    library, other = snapshot.library, shown.other
    beside = (
        document_text(work, work.fields) if other else document_text(work, work.approved or {}) if work.stale else ""
    )
    mine = (
        document_text(work, other.fields)
        if other
        else document_text(work, work.draft.fields)
        if work.stale and work.draft
        else ""
    )
    original = (
        snapshot.works.get(f"{work.kind}:{work.slug}:{library.site.lang}")
        if work.lang and work.lang != library.site.lang
        else None
    )
    follows = work.source or {}
    return page.show(
        visit,
        "writing/edit.html",
        title_of(_, work),
        status=422 if shown.wrong else 200,
        work=work,
        shown=shown,
        wrong=shown.wrong,
        other=other,
        opened=_opened(shown),
        plain=FACT_KINDS,
        form=make_inputs(work.kind, shown.fields, known(snapshot, work)),
        rows=side_by_side(beside, mine) if other or work.stale else [],
        label=lambda name: label(_, name),
        option=lambda name, value: option(_, snapshot, work, name, value),
        limit=BODY_LIMIT,
        original=original if original and work.kind in TEXT_KINDS else None,
        live=work.kind in TEXT_KINDS,
        changed=side_by_side(_original_text(follows), _original_text((original.approved or {}) if original else {}))
        if follows
        else [],
        media=library.media.values() if work.kind in TEXT_KINDS else (),
    )


def _opened(shown: Shown) -> frozenset[str]:
    """The names of lists and rows that stand open: around what is wrong, and around the row just changed."""
    names = [name.split(".") for name in (*shown.wrong, shown.at) if name]
    return frozenset(".".join(steps[:count]) for steps in names for count in range(1, len(steps) + 1))


def source_of(work: WorkingDocument, snapshot: Snapshot) -> dict[str, Any] | None:
    original = snapshot.works.get(f"{work.kind}:{work.slug}:{snapshot.library.site.lang}")
    return source_fields(original.approved) if original and original.id != work.id and original.approved else None


def _original_text(fields: Mapping[str, Any]) -> str:
    return "\n\n".join(str(fields[name]) for name in TRANSLATED_FIELDS if fields.get(name))
