"""Sealed answers for a page that decrypts them in the browser; the server decrypts nothing.

`sealed_lines` streams NDJSON: first the form's versions, the newest first, then one line for each submission.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import Response, StreamingResponse

from server.console import page
from server.console.context import ConsoleContext
from server.console.feedback.site_forms import load_versions
from server.inbox.service import inbox_of
from server.web.app_state import store_of
from server.web.request_text import parse_number
from sync.errors import NotFound
from sync.forms.compiled_form import Form
from sync.submissions.attachments import read_attachment
from sync.submissions.submission import MAX_ATTACHMENTS
from sync.submissions.submission_reader import ReadSubmission


async def decryption_page(context: ConsoleContext) -> Response:
    """The page that decrypts: a key file is chosen there."""
    slug, forms = await _get_forms(context)
    return page.render(
        context,
        "feedback/open.html",
        context.language("Ouvrir les réponses scellées"),
        slug=slug,
        name=forms[0].title(context.language.code),
    )


async def sealed_lines(context: ConsoleContext) -> Response:
    slug, forms = await _get_forms(context)
    await context.record_action("feedback-taken", slug)
    return StreamingResponse(
        _stream_lines(context, slug, forms), media_type="application/x-ndjson", headers={"cache-control": "no-store"}
    )


async def sealed_attachment(context: ConsoleContext) -> Response:
    """The encrypted bytes of an attachment."""
    record_ids = await inbox_of(context).node_cache.find_record_ids([context.param("id")])
    entry = await inbox_of(context).open_reader().read_one(*record_ids.values()) if record_ids else None
    index = parse_number(context.param("index"), MAX_ATTACHMENTS)
    if entry is None or entry.submission.sealed is None or index is None or index >= len(entry.submission.files):
        raise NotFound("file-unknown", "Cette pièce jointe n’est pas lisible ici.")
    file = entry.submission.files[index]
    data = await read_attachment(store_of(context), file.digest, file.bytes)
    if data is None:
        raise NotFound("file-missing", "Cette pièce jointe n’est pas encore arrivée en entier.")
    return Response(data, media_type="application/octet-stream", headers={"cache-control": "no-store"})


async def _get_forms(context: ConsoleContext) -> tuple[str, list[Form]]:
    slug = context.param("form")
    forms = (await load_versions(context)).get(slug)
    if not forms:
        raise NotFound(
            "form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", "Revenez à la liste.", form=slug
        )
    return slug, forms


async def _stream_lines(context: ConsoleContext, slug: str, forms: list[Form]) -> AsyncIterator[bytes]:
    yield _json_line({form.version: form.json for form in forms})
    async for entry in inbox_of(context).open_reader().read_all(slug):
        yield _json_line(_entry_as_json(entry))


def _entry_as_json(entry: ReadSubmission) -> dict[str, Any]:
    return {
        "text": entry.submission.text,
        "received": entry.received_on,
        "arrived": entry.arrived_on,
        "device": entry.device,
        "doubt": entry.warning,
    }


def _json_line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
