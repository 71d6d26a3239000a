"""Answers to one form as a file to download: CSV, XLSX, NDJSON or GeoJSON, with names or labels, also with attachments.

What the list shows is what leaves: its filters are those of the export.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from typing import IO

from anyio import to_thread
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from server.console.context import ConsoleContext
from server.console.feedback.filters import filter_query, find_filtered
from server.console.feedback.site_forms import load_versions
from server.inbox.service import inbox_of
from sync.errors import BadRequest, NotFound
from sync.submissions.export import CONTENT_TYPES, FORMATS, export_submissions
from sync.submissions.export_archive import write_archive
from sync.submissions.submission_reader import ReadSubmission, SubmissionReader

IN_MEMORY = 4 * 1024 * 1024  # bytes of an archive; a larger one lies in a temporary file
CHUNK = 64 * 1024


async def read_filtered(context: ConsoleContext, reader: SubmissionReader, form: str) -> list[ReadSubmission]:
    """The submissions of a form that the filters of the request let through."""
    ids = {row.id for row in await find_filtered(context, form)} if filter_query(context) else None
    return [entry async for entry in reader.read_all(form, ids)]


async def download_answers(context: ConsoleContext) -> Response:
    slug, format = context.param("form"), context.query("kind") or "csv"
    forms = (await load_versions(context)).get(slug)
    if not forms:
        raise NotFound("form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", form=slug)
    if format not in FORMATS:
        raise BadRequest("format-unknown", "Ce format n’existe pas ici.")
    reader = inbox_of(context).open_reader()
    entries = await read_filtered(context, reader, slug)
    labels = context.query("labels") == "1"
    data, suffix = await to_thread.run_sync(
        lambda: export_submissions(format, forms, entries, labels=labels, lang=context.language.code)
    )
    await context.record_action("feedback-exported", slug, count=len(entries), kind=format)
    name = f"{slug}-{inbox_of(context).today}"
    if context.query("files") == "1":
        return await _archive(data, f"{name}.{suffix}", f"{name}-photos.zip", reader, entries)
    return Response(data, media_type=CONTENT_TYPES[suffix], headers=_attachment_headers(f"{name}.{suffix}"))


async def _archive(
    table: bytes, table_name: str, name: str, reader: SubmissionReader, entries: Sequence[ReadSubmission]
) -> Response:
    output = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed once it was sent
    await write_archive(output, table, table_name, reader, entries)
    output.seek(0)
    return StreamingResponse(
        _chunks(output),
        media_type=CONTENT_TYPES["zip"],
        headers=_attachment_headers(name),
        background=BackgroundTask(output.close),
    )


async def _chunks(output: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := await to_thread.run_sync(output.read, CHUNK):
        yield chunk


def _attachment_headers(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
