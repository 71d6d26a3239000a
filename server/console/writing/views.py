"""Pages of documents: the filtered list, the form of a new document, and one document with its actions."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from anyio import to_thread
from starlette.responses import Response

from server.console import page
from server.console.components.document_title import document_title
from server.console.components.draft_check import is_translation
from server.console.components.labels import KINDS, STATES
from server.console.components.local_time import time_words
from server.console.components.planned_changes import list_changes
from server.console.context import CONSOLE_PATH, ConsoleContext
from server.console.writing.page_state import approved_page_state, asides_page_state, draft_page_state, get_work
from server.console.writing.review import load_review, paragraph_code, preview_publication
from server.web.app_state import clock_of
from server.web.request_text import parse_number
from server.writing.checks import EDITABLE_KINDS, FACT_KINDS, TEXT_KINDS
from server.writing.dependants import list_dependants, list_replacements, needs_second_person
from server.writing.document_slug import free_slug
from server.writing.draft_records import WorkingDocument
from server.writing.drafts import StartingPoint, drafts_of
from server.writing.review_dates import get_due_date, is_overdue
from server.writing.text_search import find_words
from server.writing.translations import initial_fields, shown_translations
from server.writing.workspace import Snapshot, workspace_of
from sync.content.layout import SINGLETON_KINDS
from sync.documents.text_types import COUNTRY, LANG, SLUG
from sync.errors import Refused
from sync.locale import Language

PAGE_SIZE = 50
MAX_START = 999_999
SINGLE_LANGUAGE_KINDS = ("authorities", "route")


async def documents(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    today = clock_of(context)().date().isoformat()
    filters = {name: context.query(name) for name in ("kind", "lang", "state", "topic", "overdue", "words")}
    _ = context.language
    passages = await to_thread.run_sync(_find_passages, snapshot, _, filters, today)
    rows = [snapshot.works[id] for id in passages]
    rows.sort(key=lambda work: (EDITABLE_KINDS.index(work.kind), document_title(_, work).casefold(), work.lang))
    start = parse_number(context.query("from"), MAX_START) or 0
    next_page = ""
    if len(rows) > start + PAGE_SIZE:
        next_page = f"{CONSOLE_PATH}/writing?" + urlencode({**filters, "from": start + PAGE_SIZE})
    site_lang = snapshot.library.site.lang
    langs = sorted({work.lang for work in snapshot.works.values() if work.lang})
    return page.render(
        context,
        "writing/list.html",
        _("Documents"),
        rows=rows[start : start + PAGE_SIZE],
        passages=passages,
        count=len(rows),
        filters=filters,
        next_page=next_page,
        kinds=[(kind, _(KINDS[kind])) for kind in EDITABLE_KINDS],
        states=[(state, _(label)) for state, label in STATES.items()],
        langs=[(lang, _.name_of(lang)) for lang in langs],
        topics=[
            (topic.slug, topic.titles.get(_.code) or topic.titles.get(site_lang, topic.slug))
            for topic in snapshot.library.topics
        ],
        get_due_date=get_due_date,
        today=today,
        get_title=lambda work: document_title(_, work),
        has_documents=bool(snapshot.works),
    )


def _find_passages(snapshot: Snapshot, _: Language, filters: dict[str, str], today: str) -> dict[str, str]:
    """The documents that fit, by id, each with its passage. All texts are read: run it in a thread."""
    passages = {}
    for work in snapshot.works.values():
        if work.kind in EDITABLE_KINDS and _matches(work, filters, today):
            passage = find_words(work, document_title(_, work), filters["words"])
            if passage is not None:
                passages[work.id] = passage
    return passages


def _matches(work: WorkingDocument, filters: dict[str, str], today: str) -> bool:
    states = (*work.states, *(("aside",) if work.asides else ()))
    return (
        filters["kind"] in ("", work.kind)
        and filters["lang"] in ("", work.lang)
        and (not filters["state"] or filters["state"] in states)
        and (not filters["topic"] or filters["topic"] in work.fields.get("topics", ()))
        and (not filters["overdue"] or is_overdue(work, today))
    )


async def new_document(context: ConsoleContext) -> Response:
    """The form; a POST creates a document as a draft with a title, and opens the editor."""
    snapshot = await workspace_of(context).load_snapshot()
    wrong: dict[str, str] = {}
    if context.request.method == "POST":
        try:
            return await _create(context, snapshot)
        except Refused as error:
            wrong[str(error.values.get("field", ""))] = error.text(context.language)
    _ = context.language
    langs = dict.fromkeys(
        (snapshot.library.site.lang, *(channel.partition("-")[0] for channel in snapshot.library.site.channels))
    )
    return page.render(
        context,
        "writing/new.html",
        _("Un nouveau document"),
        status=422 if wrong else 200,
        wrong=wrong,
        kinds=[
            (kind, _(KINDS[kind]))
            for kind in (*TEXT_KINDS, *(kind for kind in FACT_KINDS if kind not in SINGLETON_KINDS))
        ],
        langs=[(lang, _.name_of(lang)) for lang in langs],
    )


async def _create(context: ConsoleContext, snapshot: Snapshot) -> Response:
    """Raises Refused, with the field in `values`."""
    kind, slug, lang, title = (context.text(name).strip() for name in ("kind", "slug", "lang", "title"))
    if kind in TEXT_KINDS:
        taken = {id.split(":")[1] for id in snapshot.works if id.startswith(f"{kind}:")}  # in any language
        slug = slug or free_slug(title, lambda name: name in taken)
        if not re.fullmatch(SLUG, slug):
            hint = "Lettres minuscules sans accent, chiffres et tirets : mot-de-passe."
            raise Refused("slug-form", "Ce nom n’a pas la bonne forme.", hint, field="slug")
        if not re.fullmatch(LANG, lang):
            raise Refused(
                "lang-form",
                "Un code de langue, en minuscules : fr, bm, ff, ha.",
                "Prenez-en un dans la liste.",
                field="lang",
            )
        fields_of_original = initial_fields(snapshot.works.get(f"{kind}:{slug}:{snapshot.library.site.lang}"))
        id, fields = f"{kind}:{slug}:{lang}", {**fields_of_original, "slug": slug, "lang": lang}
        fields["title"] = title or fields_of_original.get("title", slug)
    elif kind in FACT_KINDS and kind not in SINGLETON_KINDS:
        country = slug.upper()
        if not re.fullmatch(COUNTRY, country) and (kind, country) != ("route", "ANY"):
            raise Refused("country-form", "Un code de pays, en majuscules : ML, BF, NE.", field="slug")
        id = f"{kind}:{country}" + (f":{snapshot.library.site.lang}" if kind in SINGLE_LANGUAGE_KINDS else "")
        fields = {"country": country} if kind == "route" else {"country": country, "name": title or country}
    else:
        raise Refused("kind-unknown", "Ce document n’est pas d’un genre connu.", field="kind")
    if id in snapshot.works:
        raise Refused("document-exists", "Ce document existe déjà.", "Ouvrez-le dans la liste.", field="slug")
    aside = await drafts_of(context).save(WorkingDocument(id, kind), fields, context.user.name, StartingPoint("", ""))
    if aside:
        raise Refused("document-exists", "Ce document existe déjà.", "Ouvrez-le dans la liste.", field="slug")
    await context.record_action("text-begun", id)
    return context.redirect(f"/writing/{id}/edit")


async def document(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    draft = work.draft
    is_own = bool(draft and context.user.name in draft.writers)
    is_alone = is_own and snapshot.library.site.one_person
    dependants = list_dependants(work, snapshot)
    same_slug = [other for other in snapshot.works.values() if other.kind == work.kind and other.slug == work.slug]
    return page.render(
        context,
        "writing/document.html",
        document_title(context.language, work),
        work=work,
        review=await load_review(context, work) if draft else None,
        publication=None if is_own and not is_alone else await preview_publication(context, work, snapshot),
        list_changes=list_changes,
        paragraph_code=paragraph_code,
        draft_seen=draft_page_state(context, work).token,
        approved_seen=approved_page_state(context, work).token,
        asides_seen=asides_page_state(context, work, snapshot).token,
        format_time=lambda moment: time_words(context.language, moment, snapshot.library),
        due=get_due_date(work),
        today=clock_of(context)().date().isoformat(),
        is_own=is_own and not is_alone,
        is_alone=is_alone,
        past_versions=await workspace_of(context).list_past_versions(work.id),
        other_languages=[other for other in same_slug if other.lang and other.id != work.id],
        is_translation=is_translation(work, snapshot),
        dependants=dependants,
        replacements=[
            (other.id, document_title(context.language, other)) for other in list_replacements(work, snapshot)
        ],
        needs_second=needs_second_person(work, dependants, snapshot.library.site),
        shown_translations=shown_translations(work, snapshot),
        get_title=lambda other: document_title(context.language, other),
        prices=snapshot.library.site.prices,
    )
