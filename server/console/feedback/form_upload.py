"""The page of the site's forms: list, and upload of a workbook, with errors by sheet, row and column.

A form without a name for its address gets one from the workbook. What an upload changes or replaces is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.context import ConsoleContext
from server.console.feedback.site_forms import STATE_TONES, SiteForm, list_forms
from server.console.feedback.uploaded_files import ACCEPTED, posted_files, read_form_files
from server.console.flash import FlashMessage
from server.keys.sealing_keys import get_live_pair
from server.web.app_state import settings_of, store_of
from server.writing.form_files import FormFile, form_files_of
from sync.content.schemas import to_fields
from sync.content.stored import WITHDRAWAL_KEYS, library_from_store
from sync.documents.model import FormDocument
from sync.documents.text_types import SLUG
from sync.errors import BadFolder, Refused
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Store, Write
from sync.submissions.export import CONTENT_TYPES


async def forms(context: ConsoleContext) -> Response:
    """The list; a POST stores the form of an uploaded workbook or Markdown file.

    What is left out of the file, and the form that it would replace, is shown first; the form is stored when its clean
    copy comes back.
    """
    if context.request.method != "POST":
        return await _render_list(context)
    file, slug, clean_copy = context.form.get("file"), context.text("slug").strip(), context.text("clean_copy")
    has_file = isinstance(file, UploadFile) and bool(file.filename)
    if not clean_copy and not has_file:
        return await _render_list(context, {"file": context.language("Choisissez un fichier .xlsx, .xls ou .md.")})
    if slug and not re.fullmatch(SLUG, slug):
        return await _render_list(
            context, {"slug": context.language("Lettres minuscules sans accent, chiffres et tirets : mot-de-passe.")}
        )
    name, data = "formulaire.md", clean_copy.encode()
    if not clean_copy and isinstance(file, UploadFile):
        name, data = file.filename or "", await file.read()
    rows = await list_forms(context)
    page_state = _page_state(context, rows)
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
    replaced = next((row for row in rows if row.form.slug == document.slug), None)
    is_agreed = bool(clean_copy) and not any(upload.filename for upload in posted_files(context))
    has_all = not form_file.missing_lists and (not form_file.missing_media or context.text("without") == "1")
    must_ask = not slug or (replaced is not None and replaced.document != document and context.text("replaced") != slug)
    if (form_file.notices and not is_agreed) or not has_all or must_ask:
        return _render_notices(context, form_file, page_state, replaced)
    await _save(store_of(context), document, replaced)
    await context.record_action("form-kept", document.slug)
    return context.redirect(f"/feedback/forms/{document.slug}", FlashMessage.FORM_SAVED)


async def download_clean_copy(context: ConsoleContext) -> Response:
    """The workbook of the clean copy that the page of notices shows."""
    data = await form_files_of(context).clean_workbook(context.text("clean_copy"))
    headers = {"content-disposition": 'attachment; filename="formulaire.xlsx"'}
    return Response(data, media_type=CONTENT_TYPES["xlsx"], headers=headers)


def _render_notices(
    context: ConsoleContext, form_file: FormFile, page_state: PageState, replaced: SiteForm | None
) -> Response:
    return page.render(
        context,
        "feedback/form_notices.html",
        context.language("Avant de garder ce formulaire"),
        notices=[notice.text(context.language) for notice in form_file.notices],
        page_state=page_state,
        slug=form_file.document.slug,
        replaced=replaced,
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


async def _save(store: Store, document: FormDocument, replaced: SiteForm | None) -> None:
    """Raises Conflict unless the record of the form that it replaces is still the one seen."""
    id = f"form:{document.slug}:{document.lang}"
    current = replaced.work.main if replaced and replaced.work.id == id else None
    kept = {name: value for name, value in (current.body if current else {}).items() if name not in WITHDRAWAL_KEYS}
    body = {**kept, "kind": "form", "fields": to_fields("form", document)}
    writes = [Write(id, body, current.rev if current else None)]
    if replaced and replaced.work.main and current is None:  # its main language changed, which is part of its id
        writes.append(Write(replaced.work.id, None, replaced.work.main.rev))
    for outcome in await store.write(Collection.CONTENT, writes):
        ensure_saved(outcome)


async def _render_list(
    context: ConsoleContext, wrong: dict[str, str] | None = None, problems: list[str] | None = None
) -> Response:
    rows = await list_forms(context)
    return page.render(
        context,
        "feedback/forms.html",
        context.language("Formulaires"),
        status=422 if wrong or problems else 200,
        rows=rows,
        tones=STATE_TONES,
        page_state=_page_state(context, rows),
        wrong=wrong or {},
        problems=problems or [],
        accepted=ACCEPTED,
        accepts_sealed=get_live_pair(settings_of(context).keys).is_live,
    )


def _page_state(context: ConsoleContext, rows: Sequence[SiteForm]) -> PageState:
    """The table of forms: the versions that an upload may replace."""
    return make_page_state(
        [[row.form.slug, row.form.version, row.state] for row in rows], [row.line(context.language) for row in rows]
    )
