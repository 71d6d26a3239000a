"""The page of the site's forms: list, and upload of a workbook, with errors by sheet, row and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.context import ConsoleContext
from server.console.feedback.uploaded_files import ACCEPTED, posted_files, read_form_files
from server.console.flash import FlashMessage
from server.keys.sealing_keys import get_live_pair
from server.web.app_state import settings_of, store_of
from server.writing.form_files import FormFile, form_files_of
from sync.content.schemas import to_fields
from sync.content.stored import library_from_store
from sync.documents.model import FormDocument
from sync.documents.text_types import SLUG
from sync.errors import BadFolder, KunnafoniError, Refused
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.forms.version_store import load_stored_forms
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.submissions.export import CONTENT_TYPES

FormRow: TypeAlias = tuple[Form, str, bool, int]  # the form, its title, True if published, the number of versions


async def load_versions(store: Store) -> dict[str, list[Form]]:
    """All versions ever published, by slug; the version of today's document comes first."""
    library = await library_from_store(store)
    current = {slug: Form(compile_document(document)).version for slug, document in library.forms.items()}
    versions: dict[str, list[Form]] = {}
    for form in (await load_stored_forms(store)).values():
        versions.setdefault(form.slug, []).append(form)
    return {
        slug: sorted(forms, key=lambda form: (form.version != current.get(slug), form.version))
        for slug, forms in versions.items()
    }


async def forms(context: ConsoleContext) -> Response:
    """The list; a POST stores the form of an uploaded workbook or Markdown file.

    What is left out of the file is shown first; the form is stored when its clean copy comes back.
    """
    if context.request.method != "POST":
        return await _render_list(context)
    file, slug, clean_copy = context.form.get("file"), context.text("slug").strip(), context.text("clean_copy")
    has_file = isinstance(file, UploadFile) and bool(file.filename)
    if not clean_copy and not has_file:
        return await _render_list(context, {"file": context.language("Choisissez un fichier .xlsx, .xls ou .md.")})
    if not re.fullmatch(SLUG, slug):
        return await _render_list(
            context, {"slug": context.language("Lettres minuscules sans accent, chiffres et tirets : mot-de-passe.")}
        )
    name, data = f"{slug}.md", clean_copy.encode()
    if not clean_copy and isinstance(file, UploadFile):
        name, data = file.filename or "", await file.read()
    page_state = _page_state(context, await _list_forms(context))
    require_seen(context, page_state, "/feedback/forms")
    try:
        form_file = await form_files_of(context).read(slug, data, name, await read_form_files(context))
    except BadFolder as failure:
        return await _render_list(context, problems=[error.text(context.language) for error in failure.errors])
    except Refused as failure:
        return await _render_list(context, problems=[failure.text(context.language)])
    if problems := await _find_missing_media(context, form_file):
        return await _render_list(context, problems=problems)
    document = form_file.document
    record = await store_of(context).get(Collection.CONTENT, f"form:{document.slug}:{document.lang}")
    is_agreed = bool(clean_copy) and not any(upload.filename for upload in posted_files(context))
    has_all = not form_file.missing_lists and (not form_file.missing_media or context.text("without") == "1")
    if (form_file.notices and not is_agreed) or not has_all:
        return _render_notices(context, form_file, page_state)
    await _save(store_of(context), document, record)
    await context.record_action("form-kept", slug)
    return context.redirect("/feedback/forms", FlashMessage.FORM_SAVED)


async def download_clean_copy(context: ConsoleContext) -> Response:
    """The workbook of the clean copy that the page of notices shows."""
    data = await form_files_of(context).clean_workbook(context.text("clean_copy"))
    headers = {"content-disposition": 'attachment; filename="formulaire.xlsx"'}
    return Response(data, media_type=CONTENT_TYPES["xlsx"], headers=headers)


def _render_notices(context: ConsoleContext, form_file: FormFile, page_state: PageState) -> Response:
    return page.render(
        context,
        "feedback/form_notices.html",
        context.language("Ce qui change dans ce formulaire"),
        notices=[notice.text(context.language) for notice in form_file.notices],
        page_state=page_state,
        slug=form_file.document.slug,
        clean_copy=form_file.document.body,
        missing_lists=form_file.missing_lists,
        missing_media=form_file.missing_media,
        accepted=ACCEPTED,
    )


async def _find_missing_media(context: ConsoleContext, form_file: FormFile) -> list[str]:
    """An error for each image or sound that the form names and the site lacks."""
    site_media = (await library_from_store(store_of(context))).media
    names = [name for name in form_file.media if name not in site_media]
    hint = context.language("Ajoutez-le d’abord, puis écrivez le nom que le site lui donne.")
    return [f"{context.language('Le fichier « {name} » n’est pas sur ce site.', name=name)} {hint}" for name in names]


async def _save(store: Store, document: FormDocument, current: Record | None) -> None:
    """Raises Conflict unless the document's record is still `current`."""
    id = f"form:{document.slug}:{document.lang}"
    body = {**(current.body if current else {}), "kind": "form", "fields": to_fields("form", document)}
    body.pop("state", None)
    [outcome] = await store.write(Collection.CONTENT, [Write(id, body, current.rev if current else None)])
    ensure_saved(outcome)


async def _render_list(
    context: ConsoleContext, wrong: dict[str, str] | None = None, problems: list[str] | None = None
) -> Response:
    rows = await _list_forms(context)
    return page.render(
        context,
        "feedback/forms.html",
        context.language("Formulaires"),
        status=422 if wrong or problems else 200,
        rows=rows,
        page_state=_page_state(context, rows),
        wrong=wrong or {},
        problems=problems or [],
        accepted=ACCEPTED,
        accepts_sealed=get_live_pair(settings_of(context).keys).is_live,
    )


async def _list_forms(context: ConsoleContext) -> list[FormRow]:
    """The site's forms that can be read, by slug."""
    library = await library_from_store(store_of(context))
    versions = await load_versions(store_of(context))
    rows: list[FormRow] = []
    for slug, document in sorted(library.forms.items()):
        try:
            form = Form(compile_document(document))
        except KunnafoniError:
            continue
        stored = versions.get(slug, [])
        is_published = any(form.version == version.version for version in stored)
        rows.append((form, form.title(context.language.code), is_published, len(stored)))
    return rows


def _page_state(context: ConsoleContext, rows: Sequence[FormRow]) -> PageState:
    """The table of forms: the versions that an upload may replace."""
    _ = context.language
    return make_page_state(
        [[form.slug, form.version, is_published] for form, _title, is_published, _count in rows],
        [
            (title, f"{form.slug} · {form.version[:8]} · {_('Publié') if is_published else _('À publier')}")
            for form, title, is_published, _count in rows
        ],
    )
