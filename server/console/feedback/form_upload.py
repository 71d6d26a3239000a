"""The page of the site's forms: list, and upload of a workbook, with errors by sheet, row and column."""

from __future__ import annotations

import re

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.keys.sealing_keys import get_live_pair
from server.web.app_state import settings_of, store_of
from server.writing.form_files import FormFile, form_files_of
from sync.content.schemas import to_fields
from sync.content.stored import library_from_store
from sync.documents.model import FormDocument
from sync.documents.text_types import SLUG
from sync.errors import BadFolder, KunnafoniError
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.forms.version_store import load_stored_forms
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Store, Write


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
    """The list; a POST stores the form of an uploaded workbook (.xlsx) or Markdown file."""
    if context.request.method != "POST":
        return await _render_list(context)
    file, slug = context.form.get("file"), context.text("slug").strip()
    if not isinstance(file, UploadFile) or not file.filename:
        return await _render_list(context, {"file": context.language("Choisissez un fichier .xlsx ou .md.")})
    if not re.fullmatch(SLUG, slug):
        return await _render_list(
            context, {"slug": context.language("Lettres minuscules sans accent, chiffres et tirets : mot-de-passe.")}
        )
    try:
        form_file = await form_files_of(context).read(slug, await file.read(), file.filename)
    except BadFolder as failure:
        return await _render_list(context, problems=[error.text(context.language) for error in failure.errors])
    if problems := await _find_missing_media(context, form_file):
        return await _render_list(context, problems=problems)
    await _save(store_of(context), form_file.document)
    await context.record_action("form-kept", slug)
    return context.redirect("/feedback/forms", FlashMessage.FORM_SAVED)


async def _find_missing_media(context: ConsoleContext, form_file: FormFile) -> list[str]:
    """An error for each image or sound that the form names and the site lacks."""
    site_media = (await library_from_store(store_of(context))).media
    names = [name for name in form_file.media if name not in site_media]
    hint = context.language("Ajoutez-le d’abord, puis écrivez le nom que le site lui donne.")
    return [f"{context.language('Le fichier « {name} » n’est pas sur ce site.', name=name)} {hint}" for name in names]


async def _save(store: Store, document: FormDocument) -> None:
    id = f"form:{document.slug}:{document.lang}"
    current = await store.get(Collection.CONTENT, id)
    body = {**(current.body if current else {}), "kind": "form", "fields": to_fields("form", document)}
    body.pop("state", None)
    [outcome] = await store.write(Collection.CONTENT, [Write(id, body, current.rev if current else None)])
    ensure_saved(outcome)


async def _render_list(
    context: ConsoleContext, wrong: dict[str, str] | None = None, problems: list[str] | None = None
) -> Response:
    library = await library_from_store(store_of(context))
    versions = await load_versions(store_of(context))
    rows = []
    for slug, document in sorted(library.forms.items()):
        try:
            form = Form(compile_document(document))
        except KunnafoniError:
            continue
        stored = versions.get(slug, [])
        is_published = any(form.version == version.version for version in stored)
        rows.append((form, form.title(context.language.code), is_published, len(stored)))
    return page.render(
        context,
        "feedback/forms.html",
        context.language("Formulaires"),
        status=422 if wrong or problems else 200,
        rows=rows,
        wrong=wrong or {},
        problems=problems or [],
        accepts_sealed=get_live_pair(settings_of(context).keys).is_live,
    )
