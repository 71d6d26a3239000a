"""The preview of a document as phones show it, in a frame beside the editor where no script runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from anyio import to_thread
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from server.console.components.draft_check import error_sentences
from server.console.context import ConsoleContext
from server.console.writing.editor import read_fields
from server.console.writing.page_state import get_work
from server.web.app_state import assets_of
from server.web.security import FRAMES, shell_policy
from server.writing.checks import check
from server.writing.draft_records import WorkingDocument
from server.writing.preview import Preview, render_preview
from server.writing.workspace import Snapshot, workspace_of
from sync.errors import BadContent
from sync.locale import Language


async def preview(context: ConsoleContext) -> Response:
    """The posted text as a page, or on GET the stored text."""
    snapshot = await workspace_of(context).load_snapshot()
    work = get_work(snapshot, context)
    fields = read_fields(context, work) if context.request.method == "POST" else work.fields
    preview = await render_fields(context, snapshot, work, fields, context.query("page"))
    if not isinstance(preview, Preview):
        return HTMLResponse(errors_page(context.language, preview), headers=_frame_headers("default-src 'none'"))
    headers = _frame_headers(shell_policy(preview.shell).removesuffix(FRAMES))
    return HTMLResponse(preview.html, headers=headers | {"kunnafoni-weight": str(preview.byte_size)})


async def render_fields(
    context: ConsoleContext, snapshot: Snapshot, work: WorkingDocument, fields: Mapping[str, Any], path: str = ""
) -> Preview | list[str]:
    """The page of a document with these fields, or the sentences that say why there is none. `path`: as in
    `render_preview`.
    """
    result = check(work, fields, snapshot)
    if result.value is None:
        return list(error_sentences(context.language, result).values())
    try:
        preview = await to_thread.run_sync(
            render_preview, snapshot.library, assets_of(context), work.kind, result.value, path
        )
    except BadContent as error:
        return [error.text(context.language)]
    return preview or [context.language("Aucune page ne montre encore ce document.")]


def errors_page(language: Language, sentences: Sequence[str]) -> str:
    items = Markup("").join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
    opening = f'<!doctype html><html lang="{escape(language.code)}"><meta charset="utf-8"><title>–</title>'
    return f'{opening}<main id="main">{items}</main>'


def _frame_headers(policy: str) -> dict[str, str]:
    """Headers that allow the editor's own frame only, and no scripts."""
    return {
        "content-security-policy": f"{policy};frame-ancestors 'self';sandbox allow-same-origin",
        "x-frame-options": "SAMEORIGIN",
    }
