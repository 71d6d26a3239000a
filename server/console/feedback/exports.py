"""Answers to one form as a file to download: CSV, XLSX, NDJSON or GeoJSON, with names or labels, also with attachments.

What the list shows is what leaves: its filters are those of the export. The file leaves while the submissions are read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from anyio import to_thread
from starlette.responses import Response, StreamingResponse

from server.console.context import ConsoleContext
from server.console.feedback.filters import filter_query, find_filtered
from server.console.feedback.site_forms import load_versions
from server.inbox.service import inbox_of
from sync.errors import BadRequest, NotFound
from sync.submissions.export import CONTENT_TYPES, FORMATS, open_export, stream_export
from sync.submissions.export_archive import stream_archive


async def download_answers(context: ConsoleContext) -> Response:
    slug, format = context.param("form"), context.query("kind") or "csv"
    forms = (await load_versions(context)).get(slug)
    if not forms:
        raise NotFound(
            "form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", "Revenez à la liste.", form=slug
        )
    if format not in FORMATS:
        raise BadRequest("format-unknown", "Ce format n’existe pas ici.")
    rows = await find_filtered(context, slug)
    await context.record_action("feedback-exported", slug, count=len(rows), kind=format)
    reader = inbox_of(context).open_reader()
    entries = reader.read_all(slug, {row.id for row in rows} if filter_query(context) else None)
    labels, lang = context.query("labels") == "1", context.language.code
    export = await to_thread.run_sync(lambda: open_export(format, forms, labels=labels, lang=lang))
    name = f"{slug}-{inbox_of(context).today}"
    if context.query("files") == "1":
        stream = stream_archive(
            export, f"{name}.{export.suffix}", reader, entries, lambda names: _explain_missing(context, names)
        )
        return _download(stream, f"{name}-photos.zip", "zip")
    return _download(stream_export(export, entries), f"{name}.{export.suffix}", export.suffix)


def _explain_missing(context: ConsoleContext, names: Sequence[str]) -> str:
    sentence = context.language(
        "Ces fichiers ne sont pas dans l’archive : "
        "ils ne sont pas arrivés entiers, ou ne sont pas ce que l’envoi annonce."
    )
    return f"{sentence}\r\n\r\n" + "".join(f"{name}\r\n" for name in names)


def _download(stream: AsyncIterator[bytes], name: str, suffix: str) -> Response:
    return StreamingResponse(
        stream,
        media_type=CONTENT_TYPES[suffix],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
