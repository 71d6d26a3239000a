"""Sealed answers on their way to a page that opens them: everything as it was sent, nothing opened here.

`sealed/{form}.ndjson` has one JSON a line: the form's versions first, the newest foremost, then each submission as the export has it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import Response, StreamingResponse

from server.console import page
from server.console.context import Visit
from server.console.feedback.forms import versions
from server.inbox.service import inbox_of
from server.web.state import store_of
from sync.errors import NotFound
from sync.forms.form import Form
from sync.submissions.inbox import read_attachment
from sync.submissions.reader import ReadSubmission, SubmissionReader


async def opening(visit: Visit) -> Response:
    """The page in which a key's file is chosen."""
    slug, forms = await _forms(visit)
    return page.show(
        visit,
        "feedback/open.html",
        visit.language("Ouvrir les réponses scellées"),
        slug=slug,
        name=forms[0].title(visit.language.code),
    )


async def lines(visit: Visit) -> Response:
    slug, forms = await _forms(visit)
    await visit.note("feedback-taken", slug)
    return StreamingResponse(
        _lines(visit, slug, forms), media_type="application/x-ndjson", headers={"cache-control": "no-store"}
    )


async def attachment(visit: Visit) -> Response:
    """The encrypted bytes."""
    found = await inbox_of(visit).registry.find([visit.param("id")])
    entry = await SubmissionReader(store_of(visit)).one(*found.values()) if found else None
    index = int(visit.param("index")) if visit.param("index").isdigit() else -1
    if entry is None or entry.submission.sealed is None or not 0 <= index < len(entry.submission.files):
        raise NotFound("file-unknown", "Cette pièce jointe n’est pas lisible ici.")
    file = entry.submission.files[index]
    data = await read_attachment(store_of(visit), file.digest, file.bytes)
    if data is None:
        raise NotFound("file-missing", "Cette pièce jointe n’est pas encore arrivée en entier.")
    return Response(data, media_type="application/octet-stream", headers={"cache-control": "no-store"})


async def _forms(visit: Visit) -> tuple[str, list[Form]]:
    slug = visit.param("form")
    forms = (await versions(store_of(visit))).get(slug)
    if not forms:
        raise NotFound("form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", form=slug)
    return slug, forms


async def _lines(visit: Visit, slug: str, forms: list[Form]) -> AsyncIterator[bytes]:
    yield _line({form.version: form.json for form in forms})
    async for entry in SubmissionReader(store_of(visit)).entries(slug):
        yield _line(_as_json(entry))


def _as_json(entry: ReadSubmission) -> dict[str, Any]:
    return {"text": entry.submission.text, "received": entry.received, "device": entry.device, "doubt": entry.doubt}


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
