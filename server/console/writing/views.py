"""The list of documents with its filters, a new document, and one document with all that can be done to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from server.console import page
from server.console.components.labels import KINDS, STATES
from server.console.context import PATH, Visit
from server.console.writing.labels import title_of
from server.web.state import clock_of
from server.writing.checks import EDITABLE_KINDS, FACT_KINDS, TEXT_KINDS, document_text
from server.writing.drafts import StartingPoint, drafts_of
from server.writing.records import WorkingDocument
from server.writing.review_dates import get_due_date, is_overdue
from server.writing.text_diff import side_by_side
from server.writing.translations import initial_fields
from server.writing.workspace import Snapshot, workspace_of
from sync.content.layout import SINGLETON_KINDS
from sync.documents.model import COUNTRY, LANG, SLUG
from sync.errors import NotFound, Refused

AT_ONCE = 50
IN_ONE_LANGUAGE = ("authorities", "route")


async def documents(visit: Visit) -> Response:
    snapshot = await workspace_of(visit).now()
    today = clock_of(visit)().date().isoformat()
    kept = {name: visit.query(name) for name in ("kind", "lang", "state", "topic", "overdue", "words")}
    _ = visit.language
    rows = [
        work
        for work in snapshot.works.values()
        if work.kind in EDITABLE_KINDS and _wanted(work, title_of(_, work), kept, today)
    ]
    rows.sort(key=lambda work: (EDITABLE_KINDS.index(work.kind), title_of(_, work).casefold(), work.lang))
    start = int(visit.query("from")) if re.fullmatch(r"\d{1,6}", visit.query("from")) else 0
    further = f"{PATH}/writing?" + urlencode({**kept, "from": start + AT_ONCE}) if len(rows) > start + AT_ONCE else ""
    ours = snapshot.library.site.lang
    langs = sorted({work.lang for work in snapshot.works.values() if work.lang})
    return page.show(
        visit,
        "writing/list.html",
        _("Documents"),
        rows=rows[start : start + AT_ONCE],
        count=len(rows),
        kept=kept,
        further=further,
        kinds=[(kind, _(KINDS[kind])) for kind in EDITABLE_KINDS],
        states=[(state, _(words)) for state, words in STATES.items()],
        langs=[(lang, _.name_of(lang)) for lang in langs],
        topics=[
            (topic.slug, topic.titles.get(_.code) or topic.titles.get(ours, topic.slug))
            for topic in snapshot.library.topics
        ],
        due_of=get_due_date,
        today=today,
        title_of=lambda work: title_of(_, work),
        any=bool(snapshot.works),
    )


def _wanted(work: WorkingDocument, title: str, kept: dict[str, str], today: str) -> bool:
    states = (*work.states, *(("aside",) if work.asides else ()))
    return (
        kept["kind"] in ("", work.kind)
        and kept["lang"] in ("", work.lang)
        and (not kept["state"] or kept["state"] in states)
        and (not kept["topic"] or kept["topic"] in work.fields.get("topics", ()))
        and (not kept["overdue"] or is_overdue(work, today))
        and all(word in f"{title} {work.id}".casefold() for word in kept["words"].casefold().split())
    )


async def new(visit: Visit) -> Response:
    """A new document begins as a draft with a title."""
    snapshot = await workspace_of(visit).now()
    wrong: dict[str, str] = {}
    if visit.request.method == "POST":
        try:
            return await _begin(visit, snapshot)
        except Refused as error:
            wrong[str(error.values.get("field", ""))] = error.text(visit.language)
    _ = visit.language
    langs = dict.fromkeys(
        (snapshot.library.site.lang, *(channel.partition("-")[0] for channel in snapshot.library.site.channels))
    )
    return page.show(
        visit,
        "writing/new.html",
        _("Un nouveau document"),
        status=422 if wrong else 200,
        wrong=wrong,
        kinds=[
            (kind, _(KINDS[kind]))
            for kind in (*TEXT_KINDS, *(kind for kind in FACT_KINDS if kind not in SINGLETON_KINDS))
        ],
        langs=[(lang, _.name_of(lang)) for lang in langs],
        form_kinds=TEXT_KINDS,
    )


async def _begin(visit: Visit, snapshot: Snapshot) -> Response:
    kind, slug, lang, title = (visit.text(name).strip() for name in ("kind", "slug", "lang", "title"))
    if kind in TEXT_KINDS:
        if not re.fullmatch(SLUG, slug):
            hint = "Lettres minuscules sans accent, chiffres et tirets : mot-de-passe."
            raise Refused("slug-form", "Ce nom n’a pas la bonne forme.", hint, field="slug")
        if not re.fullmatch(LANG, lang):
            raise Refused("lang-form", "Un code de langue, en minuscules : fr, bm, ff, ha.", field="lang")
        taken_over = initial_fields(snapshot.works.get(f"{kind}:{slug}:{snapshot.library.site.lang}"))
        id, fields = f"{kind}:{slug}:{lang}", {**taken_over, "slug": slug, "lang": lang}
        fields["title"] = title or taken_over.get("title", slug)
    elif kind in FACT_KINDS and kind not in SINGLETON_KINDS:
        country = slug.upper()
        if not re.fullmatch(COUNTRY, country) and (kind, country) != ("route", "ANY"):
            raise Refused("country-form", "Un code de pays, en majuscules : ML, BF, NE.", field="slug")
        id = f"{kind}:{country}" + (f":{snapshot.library.site.lang}" if kind in IN_ONE_LANGUAGE else "")
        fields = {"country": country} if kind == "route" else {"country": country, "name": title or country}
    else:
        raise Refused("kind-unknown", "Ce document n’est pas d’un genre connu.", field="kind")
    if id in snapshot.works:
        raise Refused("document-exists", "Ce document existe déjà.", "Ouvrez-le dans la liste.", field="slug")
    aside = await drafts_of(visit).save(WorkingDocument(id, kind), fields, visit.who.name, StartingPoint("", ""))
    if aside:
        raise Refused("document-exists", "Ce document existe déjà.", "Ouvrez-le dans la liste.", field="slug")
    await visit.note("text-begun", id)
    return visit.redirect(f"/writing/{id}/edit")


async def document(visit: Visit) -> Response:
    snapshot = await workspace_of(visit).now()
    work = work_of(snapshot, visit)
    draft = work.draft
    rows = side_by_side(document_text(work, work.approved or {}), document_text(work, draft.fields)) if draft else []
    family = [
        one for one in snapshot.works.values() if one.kind == work.kind and one.slug == work.slug and one.id != work.id
    ]
    return page.show(
        visit,
        "writing/one.html",
        title_of(visit.language, work),
        work=work,
        rows=rows,
        due=get_due_date(work),
        today=clock_of(visit)().date().isoformat(),
        own=bool(draft and visit.who.name in draft.writers),
        past=await workspace_of(visit).past(work.id),
        family=_translations(family),
        translation=bool(work.lang) and work.kind in TEXT_KINDS and work.lang != snapshot.library.site.lang,
    )


def _translations(works: Sequence[WorkingDocument]) -> list[WorkingDocument]:
    return [work for work in works if work.lang]


def work_of(snapshot: Snapshot, visit: Visit) -> WorkingDocument:
    work = snapshot.get_work(visit.param("id"))
    if work.kind not in EDITABLE_KINDS:
        raise NotFound("document-unknown", "Ce document n’existe pas.")
    return work
