"""The editor: fields made from the tables, the text, a preview that is the phone's own page, two texts to settle when two people wrote."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from server.console import page
from server.console.components.words import FIELDS, HARMS
from server.console.visit import Visit
from server.console.writing.screens import work_of
from server.writing import inputs
from server.writing.checks import EDITED_AS_FORM, Checked, Found, check_form, check_text, text_of
from server.writing.difference import side_by_side
from server.writing.drafts import Started
from server.writing.preview import BODY_LIMIT, Preview
from server.writing.preview import preview as draw
from server.writing.records import Kept, Work
from server.writing.shelves import Snapshot
from server.writing.translations import FOLLOWED, followed
from sync.documents.words import STEPS, VERDICTS
from sync.errors import BadContent, NotFound


async def edit(visit: Visit) -> Response:
    snapshot = await visit.services.shelves.now()
    work = work_of(snapshot, visit)
    if visit.request.method == "POST":
        return await _save(visit, work, snapshot)
    other = await _other(visit, work)
    fields = other.fields if other else work.fields
    text = text_of(work, fields) if work.kind not in EDITED_AS_FORM else ""
    return _editor(visit, work, snapshot, fields, text, other=other)


async def _save(visit: Visit, work: Work, snapshot: Snapshot) -> Response:
    checked, given, text = _posted(visit, work, snapshot)
    unsound = checked.value is None or checked.found
    if unsound and work.kind not in EDITED_AS_FORM:  # what is not YAML has no fields to keep: it stays in the form
        return _editor(visit, work, snapshot, work.fields, text, checked.found)
    source = source_of(work, snapshot) if visit.text("follows") else None
    started = Started(visit.text("rev"), visit.text("base"))
    aside = await visit.services.drafts.save(work, checked.fields, visit.who.name, started, source)
    if aside:
        await visit.note("text-aside", work.id)
        return visit.redirect(f"/writing/{work.id}/edit?with={aside.id}", "Quelqu’un d’autre a enregistré avant vous. Rien n’est perdu.")
    await visit.note("text-saved", work.id)
    if settled := visit.text("settles"):
        fresh = await visit.services.shelves.work(work.id)
        if await visit.services.drafts.drop_aside(fresh, settled):
            await visit.note("text-settled", work.id)
    if unsound:
        fresh_snapshot = await visit.services.shelves.now()
        return _editor(visit, fresh_snapshot.work(work.id), fresh_snapshot, given, text, checked.found)
    return visit.redirect(f"/writing/{work.id}", "Le brouillon est enregistré.")


def _posted(visit: Visit, work: Work, snapshot: Snapshot) -> tuple[Checked, Mapping[str, Any], str]:
    if work.kind in EDITED_AS_FORM:
        given = inputs.read(work.kind, visit.text, visit.texts, lambda name: name in visit.form)
        return check_form(work, given, snapshot), given, ""
    text = inputs.typed(visit.text("text"))
    return check_text(work, text, snapshot), {}, text


async def _other(visit: Visit, work: Work) -> Kept | None:
    """A text set aside, or an older one, that the writer wants to see beside today's."""
    wanted = visit.query("with")
    if not wanted:
        return None
    kept = [*work.asides, *await visit.services.shelves.past(work.id)]
    found = next((one for one in kept if one.id == wanted), None)
    if found is None:
        raise NotFound("aside-unknown", "Ce texte mis de côté n’est plus là.")
    return found


def _editor(
    visit: Visit, work: Work, snapshot: Snapshot, fields: Mapping[str, Any], text: str, found: tuple[Found, ...] = (),
    other: Kept | None = None,
) -> Response:  # fmt: skip
    _ = visit.language
    library = snapshot.library
    known = {
        "topics": [topic.slug for topic in library.topics],
        "countries": list(dict.fromkeys(channel.partition("-")[2] for channel in library.site.channels)),
        "audio": [name for name, medium in library.media.items() if medium.is_sound],
    }
    form = inputs.inputs(work.kind, fields, known) if work.kind in EDITED_AS_FORM else []
    beside = text_of(work, work.fields) if other else text_of(work, work.approved or {}) if work.stale else ""
    mine = text_of(work, other.fields) if other else text_of(work, work.draft.fields) if work.stale and work.draft else ""
    original = snapshot.works.get(f"{work.kind}:{work.slug}:{library.site.lang}") if work.lang and work.lang != library.site.lang else None
    follows = work.source or {}
    wrong: dict[str, str] = {}
    for one in found:
        sentence = one.sentence(_, lambda name: label(visit, name))
        wrong[one.field] = f"{wrong[one.field]} {sentence}" if one.field in wrong else sentence
    return page.show(
        visit, "writing/edit.html", work.title, status=422 if found else 200, work=work, form=form, text=text, wrong=wrong, other=other,
        rows=side_by_side(beside, mine) if other or work.stale else [], label=lambda name: label(visit, name),
        option=lambda name, value: option(visit, snapshot, name, value), limit=BODY_LIMIT, rev=work.draft.rev if work.draft else "",
        original=original if original and work.kind in EDITED_AS_FORM else None,
        changed=side_by_side(_original_text(follows), _original_text((original.approved or {}) if original else {})) if follows else [],
        media=library.media.values(),
    )  # fmt: skip


def source_of(work: Work, snapshot: Snapshot) -> dict[str, Any] | None:
    original = snapshot.works.get(f"{work.kind}:{work.slug}:{snapshot.library.site.lang}")
    return followed(original.approved) if original and original.id != work.id and original.approved else None


def _original_text(fields: Mapping[str, Any]) -> str:
    return "\n\n".join(str(fields[name]) for name in FOLLOWED if fields.get(name))


def label(visit: Visit, name: str) -> str:
    last = name.rpartition(".")[2]
    return visit.language(FIELDS[last]) if last in FIELDS else name


def option(visit: Visit, snapshot: Snapshot, name: str, value: str) -> str:
    _ = visit.language
    words = {**VERDICTS} if name == "verdict" else {**STEPS} if name == "step" else {**HARMS} if name == "harms" else {}
    if value in words:
        return _(words[value])
    if name == "audio":
        medium = snapshot.library.media.get(value)
        return f"{medium.label} ({_.size(medium.bytes)})" if medium else value
    if name == "countries":
        return _.country(value)
    topic = next((topic for topic in snapshot.library.topics if name == "topics" and topic.slug == value), None)
    return (topic.titles.get(_.code) or topic.titles.get(snapshot.library.site.lang, value)) if topic else value


async def preview(visit: Visit) -> Response:
    """The page as the phone shows it: of what was posted, or of the text as it is kept. Scripts do not run in it."""
    snapshot = await visit.services.shelves.now()
    work = work_of(snapshot, visit)
    if visit.request.method == "POST":
        checked, _, _ = _posted(visit, work, snapshot)
    elif work.kind in EDITED_AS_FORM:
        checked = check_form(work, {name: value for name, value in work.fields.items() if name not in inputs.ELSEWHERE}, snapshot)
    else:
        checked = check_text(work, text_of(work, work.fields), snapshot)
    if checked.value is None:
        return _frame(visit, None, [found.sentence(visit.language, lambda name: label(visit, name)) for found in checked.found])
    try:
        drawn = await to_thread.run_sync(draw, snapshot.library, visit.services.assets, work.kind, checked.value, visit.query("page"))
    except BadContent as error:
        return _frame(visit, None, [error.text(visit.language)])
    return _frame(visit, drawn, [])


def _frame(visit: Visit, drawn: Preview | None, wrong: list[str]) -> Response:
    if drawn is None:
        said = wrong or [visit.language("Aucune page ne montre encore ce document.")]
        items = Markup("").join(Markup("<p>{}</p>").format(sentence) for sentence in said)
        opening = f'<!doctype html><html lang="{escape(visit.language.code)}"><meta charset="utf-8"><title>–</title>'
        html = f'{opening}<main id="main">{items}</main>'
        return HTMLResponse(html, headers=_framed("default-src 'none'"))
    headers = _framed(visit.services.policy(drawn.shell).replace(FRAMES_NONE, "")) | {"kunnafoni-weight": str(drawn.weight)}
    return HTMLResponse(drawn.html, headers=headers)


FRAMES_NONE = ";frame-ancestors 'none'"


def _framed(policy: str) -> dict[str, str]:
    """For the editor's own frame alone, and without scripts, whatever the text holds."""
    return {"content-security-policy": f"{policy};frame-ancestors 'self';sandbox allow-same-origin", "x-frame-options": "SAMEORIGIN"}
