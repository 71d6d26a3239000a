"""Answers to one form as a file to download: CSV, XLSX or NDJSON, with names or with labels."""

from __future__ import annotations

from anyio import to_thread
from starlette.responses import Response

from server.console.context import ConsoleContext
from server.console.feedback.form_upload import load_versions
from server.inbox.service import inbox_of
from server.web.app_state import store_of
from sync.errors import BadRequest, NotFound
from sync.submissions.export import CONTENT_TYPES, FORMATS, export_submissions


async def download_answers(context: ConsoleContext) -> Response:
    slug, format = context.param("form"), context.query("kind") or "csv"
    forms = (await load_versions(store_of(context))).get(slug)
    if not forms:
        raise NotFound("form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", form=slug)
    if format not in FORMATS:
        raise BadRequest("format-unknown", "Ce format n’existe pas ici.")
    entries = [entry async for entry in inbox_of(context).open_reader().read_all(slug)]
    labels = context.query("labels") == "1"
    data, suffix = await to_thread.run_sync(
        lambda: export_submissions(format, forms, entries, labels=labels, lang=context.language.code)
    )
    await context.record_action("feedback-exported", slug, count=len(entries), kind=format)
    name = f"{slug}-{inbox_of(context).today}.{suffix}"
    return Response(
        data, media_type=CONTENT_TYPES[suffix], headers={"content-disposition": f'attachment; filename="{name}"'}
    )
